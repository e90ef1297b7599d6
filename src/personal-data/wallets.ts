import { createHash } from 'node:crypto';
import { CHECKED, type Detector, SHAPED } from './detector.js';
import { isWordAt } from './units.js';

const SHORTEST_ADDRESS = 26;
const BASE_58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BASE_32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
/** BIP-173. */
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
/** The constants of bech32 (BIP-173) and bech32m (BIP-350). */
const BECH_CONSTANTS: readonly number[] = [1, 0x2bc830a3];

/** Finds addresses of crypto wallets: Bitcoin's and Litecoin's by their checksums, Ethereum's by their form. */
export const wallets: Detector = {
  types: ['wallet'],
  detect(text, { count, starts, ends, longest }, found) {
    if (longest < SHORTEST_ADDRESS) return;
    for (let index = 0; index < count; index += 1) {
      const start = starts[index] ?? 0;
      const end = ends[index] ?? 0;
      if (end - start < SHORTEST_ADDRESS || end - start > 90 || isWordAt(text, start - 1)) continue;
      const word = text.slice(start, end);
      if (/^0x[0-9a-fA-F]{40}$/.test(word)) found('wallet', start, end, SHAPED);
      else if (isBech32(word) || isBase58Address(word)) found('wallet', start, end, CHECKED);
    }
  },
};

/** P2PKH and P2SH: a version, 20 bytes, and four bytes of the doubled SHA-256. */
function isBase58Address(word: string): boolean {
  if (!/^[13LM][1-9A-HJ-NP-Za-km-z]{25,34}$/.test(word)) return false;
  let value = 0n;
  for (const character of word) value = value * 58n + BigInt(BASE_58.indexOf(character));
  const bytes = Buffer.from(value.toString(16).padStart(50, '0'), 'hex');
  if (bytes.length !== 25) return false;
  const sha256 = (data: Uint8Array): Buffer => createHash('sha256').update(data).digest();
  return sha256(sha256(bytes.subarray(0, 21)))
    .subarray(0, 4)
    .equals(bytes.subarray(21));
}

function isBech32(word: string): boolean {
  const match = /^(bc|ltc|tb)1([02-9ac-hj-np-z]{11,87})$/.exec(word.toLowerCase());
  if (match === null || (word !== word.toLowerCase() && word !== word.toUpperCase())) return false;
  const [, prefix = '', data = ''] = match;
  const codes = [...prefix].map((character) => character.charCodeAt(0));
  const values = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
  for (const character of data) values.push(BASE_32.indexOf(character));
  return BECH_CONSTANTS.includes(polymod(values));
}

function polymod(values: readonly number[]): number {
  let check = 1;
  for (const value of values) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    GENERATORS.forEach((generator, bit) => {
      if ((top >> bit) & 1) check ^= generator;
    });
  }
  return check >>> 0;
}
