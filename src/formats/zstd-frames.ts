import { corruptArchive, unsupportedWindow } from './decoder.js';

/** RFC 8878, 3.1.1 and 3.1.2. */
const MAGIC = 0xfd2f_b528;
const SKIPPABLE_MAGIC = 0x184d_2a50;
const BLOCK = { raw: 0, repeated: 1, reserved: 3 } as const;
/** RFC 8878, 3.1.1.2.4; with it, a step of bytes can't grow without bounds. */
const MAXIMUM_BLOCK_BYTES = 131_072;
/** What `zstd -d` takes, too, unless it is told to take more (`ZSTD_WINDOWLOG_LIMIT_DEFAULT`); it is held in memory. */
const MAXIMUM_WINDOW_BYTES = 128 * 1024 * 1024;
const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;

/** The end of a frame, with what the frame says of its content. */
export interface FrameEnd {
  readonly kind: 'end';
  /** The low four bytes of the content's XXH64, or `null` where the frame has none. */
  readonly checksum: number | null;
  /** How many bytes the content has, or `null` where the frame does not say. */
  readonly contentBytes: bigint | null;
}

export type FramePart = { readonly kind: 'bytes'; readonly bytes: Uint8Array } | FrameEnd;

/** Cuts zstd's bytes at the ends of its frames, however they are chunked; skippable frames are left out. */
export interface FrameSplitter {
  /** @throws DataError `corrupt-archive` or `unsupported-archive`; the parts before it are those that `take` still gives. */
  push(bytes: Uint8Array): void;
  take(): readonly FramePart[];
  /** Whether the bytes so far end with a frame. */
  isBetweenFrames(): boolean;
}

/** What the walk waits for: bytes in one piece, or a run that is handed on, or passed over, as it comes. */
interface Want {
  readonly kind: 'piece' | 'run' | 'nothing-of';
  readonly length: number;
  readonly isBoundary: boolean;
}

type Walk = Generator<Want, void, Uint8Array>;

/** Makes a splitter that stands at the beginning of a frame. */
export function createFrameSplitter(): FrameSplitter {
  let parts: FramePart[] = [];
  const walk = walkFrames((part) => parts.push(part));
  let want = next(walk, new Uint8Array(0));
  let piece: Uint8Array = new Uint8Array(0);
  let left = want.length;
  return {
    push(bytes) {
      for (let start = 0; start < bytes.length || left === 0;) {
        const taken = bytes.subarray(start, start + left);
        start += taken.length;
        left -= taken.length;
        if (want.kind === 'piece') piece = Buffer.concat([piece, taken]);
        else if (want.kind === 'run' && taken.length > 0)
          parts.push({ kind: 'bytes', bytes: taken });
        if (left > 0) return;
        want = next(walk, piece);
        piece = new Uint8Array(0);
        left = want.length;
      }
    },
    take() {
      const taken = parts;
      parts = [];
      return taken;
    },
    isBetweenFrames: () => want.isBoundary && piece.length === 0,
  };
}

function next(walk: Walk, bytes: Uint8Array): Want {
  const { value } = walk.next(bytes);
  // The walk goes on from frame to frame and never returns.
  if (value === undefined) throw corruptArchive();
  return value;
}

function* walkFrames(emit: (part: FramePart) => void): Walk {
  for (;;) {
    const magic = yield { ...piece(4), isBoundary: true };
    if ((uint32(magic) & ~0xf) >>> 0 === SKIPPABLE_MAGIC) {
      yield nothingOf(uint32(yield piece(4)));
      continue;
    }
    if (uint32(magic) !== MAGIC) throw corruptArchive();
    yield* walkFrame(magic, emit);
  }
}

function* walkFrame(magic: Uint8Array, emit: (part: FramePart) => void): Walk {
  const descriptor = yield piece(1);
  const header = describeHeader(descriptor[0] ?? 0);
  const fields = yield piece(header.length);
  const size = contentBytes(fields.subarray(fields.length - header.contentSizeLength));
  if ((header.hasWindow ? windowBytes(fields) : (size ?? 0)) > MAXIMUM_WINDOW_BYTES) {
    throw unsupportedWindow();
  }
  emit({ kind: 'bytes', bytes: Buffer.concat([magic, descriptor, fields]) });
  for (let isLast = false; !isLast;) {
    const bytes = yield piece(3);
    emit({ kind: 'bytes', bytes });
    const block = describeBlock(bytes);
    yield { kind: 'run', length: block.length, isBoundary: false };
    isLast = block.isLast;
  }
  const checksum = yield piece(header.hasChecksum ? 4 : 0);
  if (header.hasChecksum) emit({ kind: 'bytes', bytes: checksum });
  emit({
    kind: 'end',
    checksum: header.hasChecksum ? uint32(checksum) : null,
    contentBytes: size,
  });
}

/** RFC 8878, 3.1.1.1.1: what the first byte of a frame's header says of the rest. */
function describeHeader(descriptor: number): {
  readonly length: number;
  readonly contentSizeLength: number;
  readonly hasChecksum: boolean;
  /** Whether it says how large the window is; the content is the window else. */
  readonly hasWindow: boolean;
} {
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const windowLength = isSingleSegment ? 0 : 1;
  const dictionaryLength = DICTIONARY_ID_BYTES[descriptor & 3] ?? 0;
  const sizeFlag = descriptor >> 6;
  const contentSizeLength =
    sizeFlag === 0 && isSingleSegment ? 1 : (CONTENT_SIZE_BYTES[sizeFlag] ?? 0);
  return {
    length: windowLength + dictionaryLength + contentSizeLength,
    contentSizeLength,
    hasChecksum: (descriptor & 4) !== 0,
    hasWindow: !isSingleSegment,
  };
}

/** RFC 8878, 3.1.1.1.2: five bits of exponent and three of mantissa. */
function windowBytes([descriptor = 0]: Uint8Array): number {
  return 2 ** (10 + (descriptor >> 3)) * (1 + (descriptor & 7) / 8);
}

/** RFC 8878, 3.1.1.2: a block's header. */
function describeBlock(header: Uint8Array): { readonly length: number; readonly isLast: boolean } {
  const [low = 0, middle = 0, high = 0] = header;
  const type = (low >> 1) & 3;
  const size = (low >> 3) | (middle << 5) | (high << 13);
  if (type === BLOCK.reserved || size > MAXIMUM_BLOCK_BYTES) throw corruptArchive();
  return { length: type === BLOCK.repeated ? 1 : size, isLast: (low & 1) !== 0 };
}

/** RFC 8878, 3.1.1.1.4: two bytes count from 256. */
function contentBytes(field: Uint8Array): bigint | null {
  if (field.length === 0) return null;
  const value = field.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return field.length === 2 ? value + 256n : value;
}

function uint32(bytes: Uint8Array): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).readUInt32LE();
}

function piece(length: number): Want {
  return { kind: 'piece', length, isBoundary: false };
}

function nothingOf(length: number): Want {
  return { kind: 'nothing-of', length, isBoundary: false };
}
