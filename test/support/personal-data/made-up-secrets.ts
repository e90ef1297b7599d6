import { createHash } from 'node:crypto';
import type { Made } from './made-up-values.js';
import { BASE_62, HEX, LOWER, type Maker, UPPER } from './maker.js';

const URL_SAFE = `${BASE_62}_-`;

/** Put together from pieces, so that no scanner of secrets takes this file for a leak. */
const KEYS: readonly ((make: Maker) => string)[] = [
  (make) => ['sk', make.text(BASE_62, 48)].join('-'),
  (make) => ['sk', 'proj', make.text(URL_SAFE, 60)].join('-'),
  (make) => ['sk', 'ant', 'api03', make.text(URL_SAFE, 80)].join('-'),
  (make) => ['sk', 'live', make.text(BASE_62, 24)].join('_'),
  (make) => ['rk', 'test', make.text(BASE_62, 24)].join('_'),
  (make) => `AK${'IA'}${make.text(`${UPPER}234567`, 16)}`,
  (make) => ['ghp', make.text(BASE_62, 36)].join('_'),
  (make) => ['github', 'pat', make.text(BASE_62, 22), make.text(BASE_62, 59)].join('_'),
  (make) => ['glpat', make.text(URL_SAFE, 20)].join('-'),
  (make) => ['xoxb', make.digits(12), make.digits(12), make.text(BASE_62, 24)].join('-'),
  (make) => `AI${'za'}${make.text(URL_SAFE, 35)}`,
  (make) => ['hf', make.text(BASE_62, 34)].join('_'),
  (make) => ['npm', make.text(BASE_62, 36)].join('_'),
  (make) => ['gsk', make.text(BASE_62, 52)].join('_'),
  (make) => ['SG', make.text(URL_SAFE, 22), make.text(URL_SAFE, 43)].join('.'),
  (make) => ['dop', 'v1', make.text(HEX, 64)].join('_'),
  (make) =>
    ['eyJhbGciOiJIUzI1NiJ9', `eyJ${make.text(BASE_62, 40)}`, make.text(URL_SAFE, 43)].join('.'),
  (make) => {
    const body = Array.from({ length: 4 }, () => make.text(`${BASE_62}+/`, 64)).join('\n');
    return `-----BEGIN ${'PRIVATE KEY'}-----\n${body}\n-----END ${'PRIVATE KEY'}-----`;
  },
];

const ANNOUNCED: readonly ((make: Maker) => Made)[] = [
  (make) => ['Authorization: Bearer ', make.text(BASE_62, 40), '\n'],
  (make) => ['api_key = "', make.text(BASE_62, 32), '"'],
  (make) => ['"client_secret": "', make.text(BASE_62, 40), '"'],
  (make) => ['AWS_SECRET_ACCESS_KEY=', make.text(`${BASE_62}/+`, 40), '\n'],
  (make) => ['password: ', `${make.text(LOWER, 6)}${make.digits(3)}`, '\n'],
  (make) => ['my password is ', `${make.text(BASE_62, 8)}${make.digits(2)}`, ' please'],
];

/** An API key of an issuer, or one that a name announces. */
export function madeUpKey(make: Maker): Made {
  if (make.int(4) === 0) return make.pick(ANNOUNCED)(make);
  return [
    make.pick(['', 'use ', 'key: ', '"', '=']),
    make.pick(KEYS)(make),
    make.pick(['', ' now', '\n', '"']),
  ];
}

/** What gives access in a web address. */
export function madeUpToken(make: Maker): Made {
  const host = `https://${make.text(LOWER, 8)}.example.org`;
  return make.pick<() => Made>([
    () => [
      `https://${make.text(LOWER, 5)}:`,
      `${make.text(LOWER, 6)}${make.digits(2)}`,
      '@example.org/x',
    ],
    () => [`postgres://app:`, make.text(BASE_62, 12), '@db.example.org:5432/main'],
    () => [`${host}/reset?user=7&token=`, make.text(BASE_62, 32), ' today'],
    () => [`${host}/v1?api_key=`, make.text(HEX, 32), '&page=2'],
    () => [`${host}/blob?sv=2024-01-01&sig=`, make.text(BASE_62, 43), '&se=x'],
    () => [`${host}/f?X-Amz-Algorithm=AWS4&X-Amz-Signature=`, make.text(HEX, 64), ''],
    () => [`${host}/cb#access_token=`, make.text(URL_SAFE, 40), '&type=x'],
    () => [`https://`, make.text(BASE_62, 40), '@git.example.org/r.git'],
  ])();
}

const BASE_58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

export function madeUpWallet(make: Maker): string {
  if (make.int(2) === 0) return `0x${make.text(HEX, 40)}`;
  const payload = Buffer.from(`${make.pick(['00', '05'])}${make.text(HEX, 40)}`, 'hex');
  const sha256 = (data: Uint8Array): Buffer => createHash('sha256').update(data).digest();
  const bytes = Buffer.concat([payload, sha256(sha256(payload)).subarray(0, 4)]);
  let value = BigInt(`0x${bytes.toString('hex')}`);
  let encoded = '';
  for (; value > 0n; value /= 58n) encoded = BASE_58.charAt(Number(value % 58n)) + encoded;
  return `${bytes[0] === 0 ? '1' : ''}${encoded}`;
}
