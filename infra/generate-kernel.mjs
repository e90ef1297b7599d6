import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const SOURCES = fileURLToPath(new URL('../src/text/assembly/', import.meta.url));
const TARGET = fileURLToPath(new URL('../src/text/kernel-bytes.ts', import.meta.url));
const LINE_CHARACTERS = 96;

/**
 * The source of `src/text/kernel-bytes.ts`: the kernel compiled to WebAssembly, in base64.
 * @returns {Promise<string>}
 * @throws where the kernel has errors.
 */
export async function kernelSource() {
  let binary = null;
  const flags = ['-O3', '--enable', 'simd', '--runtime', 'stub', '--noAssert'];
  const { error, stderr } = await asc.main(['kernel.ts', '--outFile', 'kernel.wasm', ...flags], {
    readFile: (name) => {
      const path = join(SOURCES, name);
      return existsSync(path) ? readFileSync(path, 'utf8') : null;
    },
    writeFile: (name, bytes) => {
      if (name === 'kernel.wasm') binary = bytes;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === null) throw new Error(`the kernel does not compile: ${stderr}`);
  const text = Buffer.from(binary).toString('base64');
  const lines = text.match(new RegExp(`.{1,${LINE_CHARACTERS}}`, 'g')) ?? [];
  return [
    '// Made by infra/generate-kernel.mjs of assembly/kernel.ts; a test makes it again and compares.',
    '',
    '/** The kernel for ASCII texts as WebAssembly, in base64. */',
    'export const KERNEL_BASE64 = [',
    ...lines.map((line) => `  '${line}',`),
    "].join('');",
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(TARGET, await kernelSource());
}
