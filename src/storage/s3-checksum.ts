import { crc32 } from 'node:zlib';

/** CRC-32 as S3 writes it: base64 of its four bytes, the highest first. */
export function crc32Text(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes.toString('base64');
}

/** CRC-32 of some bytes, as S3 writes it. */
export function crc32Of(bytes: Uint8Array): string {
  return crc32Text(crc32(bytes));
}

/** A CRC-32 of bytes that come in pieces. */
export interface RunningCrc32 {
  add(piece: Uint8Array): void;
  text(): string;
}

export function createRunningCrc32(): RunningCrc32 {
  let value = 0;
  return {
    add: (piece) => {
      value = crc32(piece, value);
    },
    text: () => crc32Text(value),
  };
}
