import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { recurringMail } from '../../src/demo/recurring-mail.js';
import { disguise } from '../../src/demo/planting.js';
import { seededRandom } from '../../src/demo/seeded-random.js';
import { makeMail } from '../support/made-up-mail.js';

describe('recurringMail', () => {
  const mail = makeMail(40, 1);

  test('finds nothing among messages that have nothing in common', () => {
    assert.deepEqual([...recurringMail(mail)], []);
  });

  test('names every message of a campaign, the copied ones and the copies', () => {
    const copies = mail.slice(0, 3).map((message, index) => ({
      ...message,
      id: `copy-${index}`,
      promptText: disguise(message.promptText, seededRandom(index)),
    }));
    const expected = [...mail.slice(0, 3), ...copies].map(({ id }) => id).sort();
    assert.deepEqual([...recurringMail([...mail, ...copies])].sort(), expected);
  });

  test('names a short message and the long one that holds it, which it does not give away', () => {
    const [short, ...rest] = mail;
    assert.ok(short !== undefined);
    const texts = [...rest.slice(0, 6), short].map(({ promptText }) => promptText);
    const long = { ...short, id: 'long', promptText: texts.join(' ') };
    assert.deepEqual([...recurringMail([short, long])].sort(), ['long', short.id]);
  });

  test('does not mind messages that differ in numbers: those are kin', () => {
    const [first] = mail;
    assert.ok(first !== undefined);
    const order = (number: number) => ({
      ...first,
      id: `order-${number}`,
      promptText: `${first.promptText} number ${number} for ${number + 7} pieces`,
    });
    assert.deepEqual([...recurringMail([order(117), order(230)])], []);
  });
});
