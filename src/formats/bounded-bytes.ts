/** Gathers bytes up to a limit and goes on counting past it. */
export interface BoundedBytes {
  add(part: Uint8Array): void;
  /** How many bytes were added, held or not. */
  length(): number;
  /** The last byte added, or -1. */
  lastByte(): number;
  /** The bytes held, at most `limit`; may share memory with the parts. */
  held(): Uint8Array;
  clear(): void;
}

/** `limit` is the number of bytes that are held. */
export function boundedBytes(limit: number): BoundedBytes {
  let parts: Uint8Array[] = [];
  let held = 0;
  let length = 0;
  let lastByte = -1;
  return {
    add(part) {
      if (part.length === 0) return;
      length += part.length;
      lastByte = part[part.length - 1] ?? -1;
      const fitting = part.subarray(0, limit - held);
      if (fitting.length > 0) parts.push(fitting);
      held += fitting.length;
    },
    length: () => length,
    lastByte: () => lastByte,
    held() {
      const [first] = parts;
      return first !== undefined && parts.length === 1 ? first : Buffer.concat(parts);
    },
    clear() {
      parts = [];
      held = 0;
      length = 0;
      lastByte = -1;
    },
  };
}
