import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { DETECTED_LANGUAGES } from '../../src/domain/quality.js';
import { loadLanguageDetector } from '../../src/select/language-detector.js';

const folder = dirname(createRequire(import.meta.url).resolve('typescript'));

/** The compiler's messages in another language, without what they quote. */
function messagesIn(language: string): readonly string[] {
  const file = join(folder, language, 'diagnosticMessages.generated.json');
  const messages = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  return Object.values(messages).map((text) => text.replace(/'[^']*'|\{\d\}/g, ' '));
}

describe('the language of a text', async () => {
  const languageOf = await loadLanguageDetector();

  test('is named right for 97 of 100 messages of a compiler in twelve languages', () => {
    const folders = 'cs de es fr it ja ko pl pt-br ru tr zh-cn'.split(' ');
    for (const name of folders) {
      const found = messagesIn(name)
        .map(languageOf)
        .filter((language) => language !== null);
      const right = found.filter((language) => language === name.slice(0, 2)).length;
      assert.ok(found.length > 500, `${name}: only ${found.length} are told`);
      assert.ok(right / found.length >= 0.97, `${name}: ${right} of ${found.length}`);
    }
  });

  test('is not told of what is short, code, an address, a placeholder or nothing', () => {
    for (const text of [
      '',
      'billing',
      '```js\nconst answer = await fetchEverything(someAddress, otherOptions);\n```',
      'https://example.org/a/very/long/address/that/looks/like/words/of/no/language',
      '[EMAIL_1] [PHONE_2] [CARD] [EMAIL_2] [PHONE_1] [EMAIL_3] [PHONE_3] [EMAIL_4] [PHONE_5]',
    ]) {
      assert.equal(languageOf(text), null, text);
    }
  });

  test('can be one of those that a configuration may name', async () => {
    const { eld } = await import('eld/extrasmall');
    assert.deepEqual(Object.values(eld.info().Languages), DETECTED_LANGUAGES);
  });
});
