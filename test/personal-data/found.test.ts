import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEFAULT_REDACTION_POLICY } from '../../src/domain/personal-data.js';
import { createRedactor } from '../../src/ingest/redaction.js';

const redactor = createRedactor();

/** Secrets are put together here so that no scanner takes this file for a leak. */
const RANDOM = 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0';

type Cases = readonly (readonly [text: string, redacted: string])[];

function check(cases: Cases): void {
  for (const [text, wanted] of cases) assert.equal(redactor.redact(text).text, wanted, text);
}

function leavesAlone(texts: readonly string[]): void {
  check(texts.map((text) => [text, text] as const));
}

describe('e-mail addresses', () => {
  test('are found quoted, encoded, spelled out and in any script', () => {
    check([
      ['"jo lee"@example.org', '[EMAIL_1]'],
      ['?to=jo%40example.org&x=1', '?to=[EMAIL_1]&x=1'],
      ['jo.lee (at) example (dot) org', '[EMAIL_1]'],
      ['jo[at]example.org', '[EMAIL_1]'],
      ['用户@例子.广告', '[EMAIL_1]'],
      ['jo@xn--mller-kva.example', '[EMAIL_1]'],
      ['“jo@example.org.”', '“[EMAIL_1].”'],
    ]);
  });

  test('are no files, packages and accounts of programs', () => {
    leavesAlone([
      'icon@2x.png and logo@3x.svg',
      'npm i core@12.0.0-next.beta @scope/pkg@^1.2.3',
      'git clone git@github.com:team/project.git',
      '@mention, jo@localhost, a@b',
    ]);
  });
});

describe('phone numbers', () => {
  test('are found by country code, numbering plan, form and announcement', () => {
    check([
      ['(+44) 20 7946 0958', '[PHONE_1]'],
      ['call (5032872788 today', 'call ([PHONE_1] today'],
      ['(020 7946 0958)', '([PHONE_1])'],
      ['tel:+442079460958', 'tel:[PHONE_1]'],
      ['"phone_number": "0341 8387176"', '"phone_number": "[PHONE_1]"'],
      ['Telefon 030 901820', 'Telefon [PHONE_1]'],
      ['467 3395 office', '[PHONE_1] office'],
      ['tel 852)-2426-6073', 'tel [PHONE_1]'],
    ]);
  });

  test('of a stated country need no separators', () => {
    const british = createRedactor({
      phoneRegions: ['GB'],
      types: DEFAULT_REDACTION_POLICY.types,
    });
    assert.equal(british.redact('it is 02079460958').text, 'it is [PHONE_1]');
    assert.equal(british.redact('it is 2125550123').text, 'it is 2125550123');
  });

  test('are not what counts something off', () => {
    leavesAlone([
      'order 2125550123, order number 2125550123, #2125550123',
      '"user_id": 2125550123, "createdAt": "2125550123"',
      'room 101, 1999-2004, 100 200 300 items',
    ]);
  });
});

describe('cards and accounts', () => {
  test('are found by issuer, length and check digits', () => {
    check([
      ['3530 1113 3330 0000', '[CARD_1]'],
      ['GB29 NWBK 6016 1331 9268 19.', '[IBAN_1].'],
      ['de89370400440532013000', '[IBAN_1]'],
      ['IBAN:FR1420041010050500013M02606', 'IBAN:[IBAN_1]'],
    ]);
    leavesAlone(['4111 1111 1111 1112', 'GB29 NWBK 6016 1331 9268 18', 'XX89370400440532013000']);
  });
});

describe('national identity numbers', () => {
  /** Examples that the offices or their manuals publish. */
  const published: readonly string[] = [
    ...['078-05-1120', '912-70-1234', 'NHS 943 476 5919', 'AB 12 34 56 C', '44051401359'],
    ...['86 095 742 719', '255081416802538', '2 55 08 14 168 025 38', '2341 2341 2346'],
    ...['12345678Z', 'X1234567L', 'RSSMRA85T10A562S', 'ABCPE1234F', 'S1234567D', 'F1234567N'],
    ...['111.444.777-35', '756.9217.0769.85', '85.07.30-033.28', '811228-9874', '131052-308T'],
    ...['11010519491231002X', 'HEGG560427MVZRRL04', '1234567FA', '15070649C103', '900101-1234568'],
    ...['ID 800101 5009 087', 'TFN 123 456 782', 'medicare 2123 45670 1', 'BSN 111222333'],
    ...['fødselsnummer 01010750160', 'CPR 010190-1234'],
  ];

  test('of twenty countries are found by form and check digits', () => {
    for (const text of published) {
      assert.match(redactor.redact(`it is ${text}.`).text, /\[IDENTITY_1\]\.$/, text);
    }
  });

  test('with another check digit are none', () => {
    leavesAlone(
      ['44051401358', '86095742718', '255081416802539', '2341 2341 2345', '12345678A'].concat(
        ['X1234567M', 'RSSMRA85T10A562T', 'S1234567E', '111.444.777-36', '756.9217.0769.86'],
        ['131052-308U', '110105194912310021', 'HEGG560427MVZRRL05', '666-12-3456'],
      ),
    );
  });
});

describe('addresses in networks', () => {
  test('are found in every form, and those of nobody stay', () => {
    check([
      ['http://[2001:db8::8a2e:370:7334]:80/', 'http://[[IP_1]]:80/'],
      ['from 192.168.100.200:8080', 'from [IP_1]:8080'],
      ['::ffff:203.0.113.9', '[IP_1]'],
      ['203.0.113.9/24, fe80::1%eth0', '[IP_1]/24, [IP_2]%eth0'],
      ['2001:db8::1-cable, node-2001:db8::2', '[IP_1]-cable, node-[IP_2]'],
      ['00:1A:2b:3C:4d:5E 0123.4567.89ab', '[MAC_1] [MAC_2]'],
    ]);
    leavesAlone([
      '127.0.0.1, 0.0.0.0, 255.255.255.0, ::1',
      'version 10.2.3.40, Chrome/120.0.1.20, 1.2.3.4',
      '12:34:56, a::b, std::add::fed, ff:ff:ff:ff:ff:ff',
      'ssh-rsa 43:51:43:a1:b5:fc:8b:b7:0a:3a:a9:b1:0f:66:73:a8',
    ]);
  });
});

describe('what gives access', () => {
  test('is taken out of web addresses, and the rest of them stays', () => {
    check([
      [
        `https://a.example/x?page=2&token=${RANDOM}&q=1`,
        'https://a.example/x?page=2&token=[TOKEN_1]&q=1',
      ],
      [
        `https://a.example/?X-Amz-Signature=${RANDOM}.`,
        'https://a.example/?X-Amz-Signature=[TOKEN_1].',
      ],
      ['redis://:hunter2x@cache:6379/0', 'redis://:[TOKEN_1]@cache:6379/0'],
      [`https://${RANDOM}@git.example/r`, 'https://[TOKEN_1]@git.example/r'],
    ]);
    leavesAlone(['https://a.example/?key=name&sort=asc', 'https://a.example/token/list?code=de']);
  });

  test('is found where a name announces it', () => {
    check([
      ['password: hunter2', 'password: [KEY_1]'],
      ['my password is Tr0ub4dor&3.', 'my password is [KEY_1].'],
      [`export OPENAI_API_KEY=${RANDOM}`, 'export OPENAI_API_KEY=[KEY_1]'],
      [`x-api-key: ${RANDOM}`, 'x-api-key: [KEY_1]'],
      [`AKIA${'FQTDOZGZKDNZLNQI'}`, '[KEY_1]'],
    ]);
    leavesAlone(['password: must have 8 characters', 'const token = await getToken(request2);']);
  });

  test('is a wallet where its checksum or form says so', () => {
    check([
      ['1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', '[WALLET_1]'],
      ['bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4', '[WALLET_1]'],
      ['0x52908400098527886E0F7030069857D2E4169EE7', '[WALLET_1]'],
    ]);
    leavesAlone([
      '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb',
      'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5',
    ]);
  });
});

describe('names and addresses, where the policy asks for them', () => {
  const everything = createRedactor({
    phoneRegions: [],
    types: { ...DEFAULT_REDACTION_POLICY.types, name: 'mask', address: 'mask' },
  });

  test('are found behind titles, greetings and labels', () => {
    for (const [text, wanted] of [
      ['Dear Ms. Anna van der Berg, hello', 'Dear Ms. [NAME_1], hello'],
      ['my name is Jean-Luc Picard and', 'my name is [NAME_1] and'],
      ['Kind regards,\nJosé Ruiz', 'Kind regards,\n[NAME_1]'],
      ['I live at 12 Old Mill Road, Apt 4', 'I live at [ADDRESS_1]'],
      ['Hauptstraße 12, P.O. Box 99', '[ADDRESS_1], [ADDRESS_2]'],
    ] as const) {
      assert.equal(everything.redact(text).text, wanted);
    }
  });

  test('are left alone by default', () => {
    leavesAlone(['Dear Ms. Anna Berg, I live at 12 Old Mill Road']);
  });
});
