import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadMail } from '../../src/demo/mail/load-mail.js';
import { DEFAULT_REDACTION_POLICY, PERSONAL_DATA_TYPES } from '../../src/domain/personal-data.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { findEverywhere, replaceSpans } from '../../src/personal-data/find-everywhere.js';
import { createPersonalDataFinder } from '../../src/personal-data/find-personal-data.js';
import { placeholderOf } from '../../src/personal-data/placeholders.js';
import { crowdedText } from '../support/personal-data/crowded-texts.js';
import { createMaker } from '../support/personal-data/maker.js';

const { types, phoneRegions } = DEFAULT_REDACTION_POLICY;
const masked = new Set(PERSONAL_DATA_TYPES.filter((type) => types[type] === 'mask'));
const finder = createPersonalDataFinder(masked, phoneRegions);
/** Knows nothing of the text that the finder read. */
const other = createPersonalDataFinder(masked, phoneRegions);

/** Holds what is said of each text against another look through it; how many texts need none, and need one. */
function checkAll(texts: Iterable<string>): { sure: number; unsure: number } {
  const counts = { sure: 0, unsure: 0 };
  for (const text of texts) {
    const { spans, isAll } = findEverywhere(text, finder);
    if (spans.length === 0) continue;
    counts[isAll ? 'sure' : 'unsure'] += 1;
    if (!isAll) continue;
    const replaced = replaceSpans(text, spans, ({ type }) => placeholderOf(type, 1));
    assert.deepEqual(findEverywhere(replaced, other).spans, [], text);
  }
  return counts;
}

describe('where no mark sees a span, a second look finds nothing', () => {
  test('in mails, most of which need none', async () => {
    const mails = await loadMail();
    const { sure, unsure } = checkAll(mails.map(({ from, body }) => `${from}\n\n${body}`));
    assert.ok(sure > unsure, `${sure} of ${sure + unsure}`);
  });

  test('in texts of values that stand close together', () => {
    const make = createMaker(7);
    const texts = Array.from({ length: 20_000 }, () => crowdedText(make));
    const { sure } = checkAll(texts);
    assert.ok(sure > 1_000, String(sure));
  });
});

describe('a second look finds', () => {
  const redactor = createRedactor();
  const cases: readonly (readonly [string, string])[] = [
    ['a@b.order 2125550123', '[EMAIL_1] [PHONE_1]'],
    ['a@b.order number is 2125550123', '[EMAIL_1] number is [PHONE_1]'],
    [
      'a@b.order =: numbers =: numbers =: numbers =: numbers =: 2125550123',
      '[EMAIL_1] =: numbers =: numbers =: numbers =: numbers =: [PHONE_1]',
    ],
    ['a@b.version 10.20.30.40', '[EMAIL_1] [IP_1]'],
    ['http://h/?x="jo lee"@b.io&token=abcdef', 'http://h/?x=[EMAIL_1]&token=[TOKEN_1]'],
  ];
  for (const [text, wanted] of cases) {
    test(wanted, () => {
      assert.equal(findEverywhere(text, finder).isAll, false);
      assert.equal(redactor.redact(text).text, wanted);
    });
  }
});
