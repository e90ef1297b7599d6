import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import {
  DEFAULT_REDACTION_POLICY,
  PERSONAL_DATA_TYPES,
  REDACTION_ACTIONS,
  type RedactionPolicy,
} from '../../src/domain/personal-data.js';
import { comparedText, unitedRedactor } from '../../src/ingest/comparison.js';
import { createRedactor, unwantedTypes } from '../../src/ingest/redaction.js';
import { policyOfVersion, redactorVersion } from '../../src/ingest/redactor-version.js';
import { haveSameKeys, wordsOf } from '../../src/text/words.js';
import { HARD_UNITS } from '../support/personal-data/hard-units.js';
import { publicData } from '../support/public-data.js';

const redactor = createRedactor();

function redacted(text: string): string {
  return redactor.redact(text).text;
}

/** Keys are put together here so that no scanner of secrets takes this file for a leak. */
const RANDOM = 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0';
const PEM_BODY = `${RANDOM}${RANDOM}\n${RANDOM}+/==`;
const TOKEN = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', 'c2lnbmF0dXJl'].join('.');

describe('the redactor finds', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['mail jo.o+x@mail.example.co.uk now', 'mail [EMAIL_1] now'],
    ['<Jürgen@müller.example>', '<[EMAIL_1]>'],
    ['a@b.io,c@d.io', '[EMAIL_1],[EMAIL_2]'],
    ['mailto:jo@example.org?subject=x', 'mailto:[EMAIL_1]?subject=x'],
    ['card 4111 1111 1111 1111.', 'card [CARD_1].'],
    ['4111-1111-1111-1111, 378282246310005', '[CARD_1], [CARD_2]'],
    ['amex 3782 822463 10005', 'amex [CARD_1]'],
    ['5555555555554444 6011111111111117 30569309025904', '[CARD_1] [CARD_2] [CARD_3]'],
    ['+44 7700 900123', '[PHONE_1]'],
    ['(+1) 212 555 0123 or +1-212-555-0123', '[PHONE_1] or [PHONE_1]'],
    ['+46 (0)8 928 571 38!', '[PHONE_1]!'],
    ['(212) 555-0123', '[PHONE_1]'],
    ['1-800-555-0199 x12', '[PHONE_1]'],
    ['212.555.0123 ext 45', '[PHONE_1]'],
    ['01.23.45.67.89', '[PHONE_1]'],
    ['020 7946 0958 / 07700 900123', '[PHONE_1] / [PHONE_2]'],
    ['Phone:\n467 3395', 'Phone:\n[PHONE_1]'],
    ['my number? call me on 9472 7916', 'my number? call me on [PHONE_1]'],
    [`sk-proj-${RANDOM}`, '[KEY_1]'],
    [`key=sk-ant-api03-${RANDOM}_x-y`, 'key=[KEY_1]'],
    [`"AKIA${'ABCDEFGH12345678'}"`, '"[KEY_1]"'],
    [`ghp_${RANDOM.slice(0, 36)}, xoxb-${'123456789012-abcdef'}`, '[KEY_1], [KEY_2]'],
    [`AIza${RANDOM.slice(0, 35)}`, '[KEY_1]'],
    [`Authorization: Bearer ${RANDOM}`, 'Authorization: Bearer [KEY_1]'],
    [`token ${TOKEN}.`, 'token [KEY_1].'],
    [`{"client_secret": "${RANDOM}"}`, '{"client_secret": "[KEY_1]"}'],
    ['postgres://app:hunter2@db.example.org/x', 'postgres://app:[TOKEN_1]@db.example.org/x'],
    [
      `a\n-----BEGIN RSA PRIVATE KEY-----\n${PEM_BODY}\n-----END RSA PRIVATE KEY-----\nb`,
      'a\n[KEY_1]\nb',
    ],
    [`-----BEGIN PRIVATE KEY-----\n${PEM_BODY} and so on`, '[KEY_1] and so on'],
    [`-----BEGIN PRIVATE KEY-----\\n${RANDOM}\\n-----END PRIVATE KEY-----`, '[KEY_1]'],
  ];
  for (const [text, wanted] of cases) {
    test(JSON.stringify(wanted), () => assert.equal(redacted(text), wanted));
  }

  test('every span, and counts them by type', () => {
    const { counts } = redactor.redact('a@b.io c@d.io +44 7700 900123 4111111111111111');
    assert.deepEqual(counts, { email: 2, phone: 1, card: 1 });
    assert.deepEqual(redactor.redact('nothing').counts, {});
  });

  test('a key that a card number stood against', () => {
    const { text, counts } = redactor.redact(`4111111111111111\u00a0sk-${RANDOM}`);
    assert.equal(text, '[CARD_1]\u00a0[KEY_1]');
    assert.deepEqual(counts, { card: 1, key: 1 });
  });
});

describe('the redactor leaves alone', () => {
  const harmless: readonly string[] = [
    '2024-02-29 12:34:56,789 +0000 and 29.02.2024 or 02/29/2024',
    '2018-10-29 03:32:08.296000',
    '2002-08-22T18:26:25+01:00, 1712345678901, 1712345678',
    'order 112-4567890-1234567 and order number 4929381023847561',
    'order 9000000000000019 of 4929381023847560',
    'call me on 29.02.2024 or 2024-02-29 10',
    'v1.2.3-rc.4, 10.0.22631.3296, node 20.20.2',
    'sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'commit da39a3ee5e6b4b0d3255bfef95601890afd80709',
    'id 550e8400-e29b-41d4-a716-446655440000',
    'IP 127.0.0.1:8080 and ::1',
    'ISBN 978-3-16-148410-0, ISBN 0-306-40615-2',
    '1,234,567.89 + 9,876,543.21 = 11,111,111.10; x+12345678',
    '48.858370, 2.294481 and 3.14159265358979',
    'pi is 3.1415926535897932384626433832795028841971',
    '12345678901234567890123456789012',
    'npm i @types/node@20.1.0 foo@latest',
    'sk-learn-is-a-long-hyphenated-name and task-1234567890-abcdefghijkl',
    'Bearer transportation-regulations of the state',
    'api_key = settings.OPENAI_API_KEY_NAME',
    'see https://example.org:8443/a/b@c and http://host/path',
    '-----BEGIN PUBLIC KEY----- and -----BEGIN CERTIFICATE-----',
    'The Phone 2000 sold 300 of 400 units in 500 cities',
    '[EMAIL] [PHONE] [CARD] [KEY]',
  ];
  for (const text of harmless) {
    test(JSON.stringify(text), () => assert.equal(redacted(text), text));
  }
});

describe('the redactor', () => {
  test('redacting twice changes nothing, for any text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '@',
        '.',
        '-',
        ' ',
        '+',
        '/',
        ':',
        '\n',
        'a',
        'é',
        '[KEY]',
        'Phone ',
        'Bearer ',
      ),
      fc.constantFrom('sk-', 'eyJ', '://', 'x@y.org', '4111111111111111', '212-555-0123', 'AKIA'),
      fc.constantFrom('-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----', RANDOM),
      fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 9 }),
      fc.string({ maxLength: 5 }),
    );
    const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, (original) => {
        const once = redacted(original);
        const twice = redactor.redact(once);
        assert.equal(twice.text, once);
        assert.deepEqual(twice.counts, {});
      }),
      { numRuns: 3_000 },
    );
  });

  test('finds what is a value only once its neighbour is replaced', () => {
    const key = '-----BEGIN PRIVATE KEY-----';
    assert.equal(redacted(`${key}${RANDOM}(2017000000`), '[KEY_1]([PHONE_1]');
  });

  test('numbers the values of a conversation, whatever way they are written, text by text', () => {
    const conversation = redactor.conversation();
    const texts = [
      'ask Jo@example.org or al@example.org',
      'jo@EXAMPLE.org and eve@example.org, card 4111-1111-1111-1111',
      'card 4111 1111 1111 1111 or 5555555555554444, jo%40example.org',
    ];
    assert.deepEqual(
      texts.map((text) => conversation.redact(text).text),
      [
        'ask [EMAIL_1] or [EMAIL_2]',
        '[EMAIL_1] and [EMAIL_3], card [CARD_1]',
        'card [CARD_1] or [CARD_2], [EMAIL_1]',
      ],
    );
    assert.equal(redactor.conversation().redact('eve@example.org').text, '[EMAIL_1]');
  });

  test('gives no value the number of a placeholder that was there before', () => {
    const conversation = redactor.conversation();
    assert.equal(
      conversation.redact('[EMAIL_4] wrote to jo@example.org and [CARD]').text,
      '[EMAIL_4] wrote to [EMAIL_5] and [CARD]',
    );
    assert.equal(conversation.redact('al@example.org').text, '[EMAIL_6]');
  });

  test('numbers the beginning of a conversation as it does the whole', () => {
    const piece = fc.constantFrom(
      'jo@x.org ',
      'al@x.org ',
      '4111111111111111 ',
      '[EMAIL_2] ',
      'hi ',
    );
    const texts = fc.array(fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join('')));
    fc.assert(
      fc.property(texts, fc.nat(), (all, cut) => {
        const redactAll = (some: readonly string[]): readonly string[] => {
          const conversation = redactor.conversation();
          return some.map((text) => conversation.redact(text).text);
        };
        const first = all.slice(0, cut % (all.length + 1));
        assert.deepEqual(redactAll(first), redactAll(all).slice(0, first.length));
      }),
    );
  });

  test('placeholders say nothing of a value but its type and its turn', () => {
    const seen = new Set(
      ['jo@example.org', 'a-much-longer-address@mail.example.com'].map((text) => redacted(text)),
    );
    assert.deepEqual([...seen], ['[EMAIL_1]']);
  });

  test('tells spans in units of the raw text, those found beside replaced ones too', () => {
    const text = '😀 jo@example.org, 4111111111111111\u00a0sk-' + RANDOM;
    assert.deepEqual(
      redactor.find(text).map(({ type, start, end }) => [type, text.slice(start, end)]),
      [
        ['email', 'jo@example.org'],
        ['card', '4111111111111111'],
        ['key', `sk-${RANDOM}`],
      ],
    );
  });

  test('leaves alone what the policy keeps, and says so in its version', () => {
    const { types } = DEFAULT_REDACTION_POLICY;
    const other = createRedactor({
      phoneRegions: ['GB', 'DE'],
      types: { ...types, email: 'keep', name: 'mask', card: 'drop' },
    });
    const text = 'Dear Ann Lee,\njo@example.org, 4111111111111111, 020 7946 0958, 212-555-0123';
    assert.equal(
      other.redact(text).text,
      'Dear [NAME_1],\njo@example.org, [CARD_1], [PHONE_1], [PHONE_2]',
    );
    assert.equal(other.version, 'redactor-2-email+name@DE,GB');
    assert.equal(redactor.version, 'redactor-2');
    assert.deepEqual(unwantedTypes({ phoneRegions: [], types: { ...types, card: 'drop' } }), [
      'card',
    ]);
  });

  test('is made again from its version, whatever the policy, unless other rules made it', () => {
    const actions = fc.constantFrom(...REDACTION_ACTIONS);
    const types = fc.record(
      Object.fromEntries(PERSONAL_DATA_TYPES.map((type) => [type, actions])),
    ) as fc.Arbitrary<RedactionPolicy['types']>;
    const phoneRegions = fc.uniqueArray(fc.constantFrom('US', 'GB', 'DE', 'FR'));
    fc.assert(
      fc.property(fc.record({ types, phoneRegions }), (policy) => {
        const version = redactorVersion(policy);
        const again = policyOfVersion(version);
        assert.ok(again !== null);
        assert.equal(redactorVersion(again), version);
        for (const type of PERSONAL_DATA_TYPES) {
          assert.equal(again.types[type] === 'keep', policy.types[type] === 'keep', type);
        }
        assert.deepEqual([...again.phoneRegions].sort(), [...policy.phoneRegions].sort());
      }),
    );
    for (const other of [
      'redactor-1',
      'redactor-3-ip',
      'redactor-2-shoe',
      'redactor-2-ip-ip',
      'x',
    ]) {
      assert.equal(policyOfVersion(other), null, other);
    }
  });

  test('united with another masks what either does', () => {
    const { types, ...regions } = DEFAULT_REDACTION_POLICY;
    const keeping = { ...regions, types: { ...types, email: 'keep' } } as const;
    const masking = { phoneRegions: ['DE'], types: { ...types, name: 'mask' } } as const;
    const united = unitedRedactor([redactorVersion(keeping), redactorVersion(masking)]);
    assert.equal(united.version, 'redactor-2+name@DE,US');
    const text = 'Dear Ann Lee, jo@example.org';
    const [one, other] = [keeping, masking].map((policy) => {
      const own = createRedactor(policy);
      return comparedText(own.redact(text).text, own.version, united);
    });
    assert.equal(one, 'Dear [NAME_1], [EMAIL_1]');
    assert.equal(other, one);
  });

  test('placeholders of one type are one word to whoever compares texts, whatever the type', () => {
    for (const type of PERSONAL_DATA_TYPES) {
      const name = type.toUpperCase();
      const [one, other] = [`to [${name}_1] now`, `to [${name}_23] now`].map((text) =>
        wordsOf(text),
      );
      assert.ok(one && other && haveSameKeys(one, other), name);
      assert.equal(one.count, 3, name);
    }
  });

  test(
    'texts of 200,000 characters built to make a search quadratic are read',
    { timeout: 480_000 },
    () => {
      const everything = createRedactor({
        phoneRegions: ['US', 'GB', 'DE'],
        types: { ...DEFAULT_REDACTION_POLICY.types, name: 'mask', address: 'mask' },
      });
      for (const unit of HARD_UNITS) {
        const text = unit.repeat(Math.ceil(200_000 / unit.length));
        assert.ok(everything.redact(text).text.length > 0, unit);
      }
    },
  );

  test('in the questions of GSM8K it finds nothing', (t) => {
    const path = publicData(t, 'gsm8k/grade_school_math/data/test.jsonl');
    if (path === null) return;
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      assert.deepEqual(redactor.redact(line).counts, {});
    }
  });

  test('a text that was clean before is the same in every conversation, with the numbers it has', () => {
    const redactor = createRedactor();
    for (let time = 0; time < 3; time += 1) {
      const conversation = redactor.conversation();
      const texts = ['You are a triage.', 'see [EMAIL_1]', 'jo@example.org', ''];
      assert.deepEqual(
        texts.map((text) => conversation.redact(text).text),
        ['You are a triage.', 'see [EMAIL_1]', '[EMAIL_2]', ''],
      );
    }
  });
});
