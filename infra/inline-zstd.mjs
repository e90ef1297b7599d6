import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import binaryen from 'binaryen';

/**
 * A function as large as that, by Binaryen's own measure, is put where it is called. With those that have loops it would
 * be another thirtieth faster, and the compiler of V8 would need some megabytes more for functions that become so long.
 */
const LARGEST_INLINED = 100;

/** Where `@bokuweb/zstd-wasm` has its program. */
export function zstdPath() {
  const entry = createRequire(import.meta.url).resolve('@bokuweb/zstd-wasm');
  return join(dirname(entry), 'zstd.wasm');
}

/**
 * That program with its small functions put where they are called, which V8 does not do by itself. It computes the
 * same bytes, a sixth faster.
 * @returns {Uint8Array}
 * @throws where Binaryen finds what it made invalid.
 */
export function inlinedZstd() {
  const program = binaryen.readBinary(readFileSync(zstdPath()));
  try {
    // What it has beyond WebAssembly's first version.
    program.setFeatures(binaryen.Features.SignExt);
    binaryen.setOptimizeLevel(3);
    binaryen.setShrinkLevel(0);
    binaryen.setFlexibleInlineMaxSize(LARGEST_INLINED);
    binaryen.setAllowInliningFunctionsWithLoops(false);
    program.runPasses(['inlining']);
    if (program.validate() !== 1) throw new Error('zstd is no valid program once it is inlined');
    return program.emitBinary();
  } finally {
    program.dispose();
  }
}
