import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** zstd as a WebAssembly program that has been started. */
export interface ZstdProgram {
  compress(content: Uint8Array, level: number): Uint8Array;
  decompress(frame: Uint8Array): Uint8Array;
}

/** What the file beside the package's entry has: the entry only starts the program that it comes with. */
interface Starter {
  readonly Module: { init(program: Uint8Array): void };
  readonly waitInitialized: () => Promise<void>;
}

/** Made by `infra/inline-zstd.mjs` when holdfast is built. */
const INLINED = new URL('./zstd-inlined.wasm', import.meta.url);

/**
 * Starts the program of `@bokuweb/zstd-wasm`, with its small functions put where they are called where holdfast was
 * built with that (`npm run build`): the same bytes, a sixth faster. A compiler alone makes no such file, and then it
 * is the package's own.
 */
export async function startZstd(inlined: URL = INLINED): Promise<ZstdProgram> {
  const entry = await import('@bokuweb/zstd-wasm');
  const program = await readIfThere(inlined);
  if (program === null) await entry.init();
  else await start(program);
  return entry;
}

async function start(program: Uint8Array): Promise<void> {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('@bokuweb/zstd-wasm'));
  const { Module, waitInitialized } = require(join(folder, 'module.js')) as Starter;
  Module.init(program);
  await waitInitialized();
}

async function readIfThere(file: URL): Promise<Uint8Array | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return null;
    throw error;
  }
}
