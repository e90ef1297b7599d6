import { canonicalJson } from '../../src/domain/json.js';
import { loadMail } from '../../src/demo/mail/load-mail.js';

/** Of what a content is made, and from where; small, so that it can be sent to a thread. */
export interface ContentPlan {
  readonly kind: ContentKind;
  readonly length: number;
  readonly seed: number;
}

export const CONTENT_KINDS = ['mail', 'noise', 'one-byte', 'far-repeats', 'patches'] as const;
export type ContentKind = (typeof CONTENT_KINDS)[number];

/** Repeats begin in the window of 512 KiB that level 1 has, at its edge and beyond. */
const WINDOW_BYTES = 512 * 1024;
const LONGEST_PATCH = 40_000;

const mail = Buffer.from((await loadMail()).map((each) => canonicalJson(each)).join('\n'));

/** The same content for the same plan. */
export function contentOf({ kind, length, seed }: ContentPlan): Buffer {
  const next = numbers(seed);
  switch (kind) {
    case 'mail':
      return mailFrom(next(mail.length), length);
    case 'noise':
      return noise(length, next);
    case 'one-byte':
      return Buffer.alloc(length, next(256));
    case 'far-repeats':
      return farRepeats(length, next);
    case 'patches':
      return patches(length, next);
  }
}

/** Whole numbers below a bound, chosen by xorshift. */
function numbers(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function mailFrom(start: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let used = 0, from = start; used < length; from = 0) {
    used += mail.copy(bytes, used, from, from + length - used);
  }
  return bytes;
}

function noise(length: number, next: (below: number) => number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, () => next(256)));
}

/** Noise, in which stretches come again after about a window. */
function farRepeats(length: number, next: (below: number) => number): Buffer {
  const bytes = noise(length, next);
  for (let at = WINDOW_BYTES; at < length; at += 1 + next(5_000)) {
    const distance = WINDOW_BYTES - 200 + next(400);
    if (distance > at) continue;
    bytes.copyWithin(at, at - distance, at - distance + 4 + next(300));
  }
  return bytes;
}

/** Stretches of all kinds, so that blocks are split where one ends. */
function patches(length: number, next: (below: number) => number): Buffer {
  const parts: Buffer[] = [];
  for (let left = length; left > 0;) {
    const size = Math.min(left, 1 + next(LONGEST_PATCH));
    const kind = (['mail', 'noise', 'one-byte'] as const)[next(3)] ?? 'mail';
    parts.push(contentOf({ kind, length: size, seed: next(1 << 30) }));
    left -= size;
  }
  return Buffer.concat(parts);
}
