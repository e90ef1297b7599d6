import { corruptArchive } from './decoder.js';
import { type Compress, startZstd } from './zstd-program.js';

/**
 * zstd's fastest ordinary level: on mail it takes half the time of level 3 and makes files a seventh larger
 * (`npm run bench:formats`). Digested bytes depend on it.
 */
const LEVEL = 1;

/** Makes whole frames of zstd, and undoes those that it made. */
export interface Zstd {
  /** Makes frames that say how long their content is. The same content gives the same frame on every platform. */
  createCompressor(): Compress;
  /** The content of one frame, `contentBytes` long. @throws DataError `corrupt-archive` where it is not. */
  decompress(frame: Uint8Array, contentBytes: number): Uint8Array;
}

let loading: Promise<Zstd> | null = null;

/** The encoder: a WebAssembly program, loaded when the first file needs it. */
export function loadZstd(): Promise<Zstd> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Zstd> {
  const program = await startZstd();
  return {
    createCompressor: () => program.createCompressor(LEVEL),
    decompress(frame, contentBytes) {
      let content: Uint8Array;
      try {
        content = program.decompress(frame);
      } catch (error) {
        throw corruptArchive(error);
      }
      if (content.length !== contentBytes) throw corruptArchive();
      return content;
    },
  };
}
