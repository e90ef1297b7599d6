import { invariant } from '../domain/errors.js';

/** SHA-256 digests by their index, 32 bytes each; they come and go as 64 hexadecimal digits. */
export interface DigestColumn {
  at(index: number): string;
  set(index: number, digest: string): void;
}

const DIGEST_BYTES = 32;
const PAGE_BITS = 12;
const PAGE_MASK = (1 << PAGE_BITS) - 1;

export function createDigestColumn(): DigestColumn {
  const pages: Buffer[] = [];
  return {
    at(index) {
      const start = (index & PAGE_MASK) * DIGEST_BYTES;
      return pages[index >>> PAGE_BITS]?.toString('hex', start, start + DIGEST_BYTES) ?? '';
    },
    set(index, digest) {
      const number = index >>> PAGE_BITS;
      while (pages.length <= number) pages.push(Buffer.alloc(DIGEST_BYTES << PAGE_BITS));
      const start = (index & PAGE_MASK) * DIGEST_BYTES;
      const written = pages[number]?.write(digest, start, DIGEST_BYTES, 'hex');
      invariant(written === DIGEST_BYTES && digest.length === 64, 'a digest is no SHA-256');
    },
  };
}
