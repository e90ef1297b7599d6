import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { invariant } from '../domain/errors.js';

/** zstd as a WebAssembly program that has been started. */
export interface ZstdProgram {
  /** Whoever makes frames one after the other has a compressor to himself: others may make some between two of them. */
  createCompressor(level: number): Compress;
  decompress(frame: Uint8Array): Uint8Array;
}

/** One frame, valid until this compressor's next. */
export type Compress = (content: Uint8Array) => Uint8Array;

/** What the file beside the package's entry has: the entry only starts the program that it comes with. */
interface Starter {
  readonly Module: Running & { init(program: Uint8Array): void };
  readonly waitInitialized: () => Promise<void>;
}

/** The program's memory, and functions of zstd's own interface with addresses in it. */
interface Running {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
  _ZSTD_compressBound(contentBytes: number): number;
  _ZSTD_compress(to: number, room: number, from: number, bytes: number, level: number): number;
  _ZSTD_isError(result: number): number;
}

const LEAST_ROOM = 1_100_000;

/** Made by `infra/inline-zstd.mjs` when holdfast is built. */
const INLINED = new URL('./zstd-inlined.wasm', import.meta.url);

/**
 * Starts the program of `@bokuweb/zstd-wasm`, with its small functions put where they are called where holdfast was
 * built with that (`npm run build`): the same bytes, a sixth faster. A compiler alone makes no such file, and then it
 * is the package's own.
 */
export async function startZstd(inlined: URL = INLINED): Promise<ZstdProgram> {
  const { decompress, init } = await import('@bokuweb/zstd-wasm');
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('@bokuweb/zstd-wasm'));
  const { Module, waitInitialized } = require(join(folder, 'module.js')) as Starter;
  const program = await readIfThere(inlined);
  if (program === null) await init();
  else {
    Module.init(program);
    await waitInitialized();
  }
  return { createCompressor: compressors(Module), decompress };
}

/**
 * The package's own function makes new memory for each frame: some hundred kilobytes of it a millisecond have V8 mark
 * all of its heap ten times a second.
 */
function compressors(running: Running): ZstdProgram['createCompressor'] {
  const makeRooms = createRooms(running);
  return (level) => {
    let frame = Buffer.alloc(0);
    return (content) => {
      const { length } = content;
      const { from, to } = makeRooms(Math.max(length, LEAST_ROOM));
      running.HEAPU8.set(content, from);
      const most = running._ZSTD_compressBound(length);
      const written = running._ZSTD_compress(to, most, from, length, level);
      invariant(running._ZSTD_isError(written) === 0, `zstd can't compress ${length} bytes`);
      if (written > frame.length) frame = Buffer.allocUnsafeSlow(2 * written);
      frame.set(running.HEAPU8.subarray(to, to + written));
      return frame.subarray(0, written);
    };
  };
}

/** Where in the program's memory a content is put, and where its frame is made. */
interface Rooms {
  readonly from: number;
  readonly to: number;
}

/** The same rooms for all compressors while they are large enough: nothing has to stay there between two frames. */
function createRooms(running: Running): (bytes: number) => Rooms {
  let room = 0;
  let rooms: Rooms = { from: 0, to: 0 };

  function free(): void {
    running._free(rooms.from);
    running._free(rooms.to);
    room = 0;
    rooms = { from: 0, to: 0 };
  }

  return (bytes) => {
    if (bytes <= room) return rooms;
    free();
    const from = running._malloc(bytes);
    const to = running._malloc(running._ZSTD_compressBound(bytes));
    rooms = { from, to };
    // Address 0 is no room, and what is there is the program's own.
    invariant(from !== 0 && to !== 0, `zstd has no room for ${bytes} bytes`);
    room = bytes;
    return rooms;
  };
}

async function readIfThere(file: URL): Promise<Uint8Array | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return null;
    throw error;
  }
}
