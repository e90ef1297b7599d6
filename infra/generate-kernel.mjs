import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = join(ROOT, 'src/text/assembly');
const LINE_CHARACTERS = 96;

/** The programs: the file that each begins with, the one that its bytes go to, and what that says of them. */
export const KERNELS = [
  {
    entry: 'kernel.ts',
    target: 'src/text/kernel-bytes.ts',
    name: 'KERNEL_BASE64',
    says: 'The kernel for ASCII texts as WebAssembly, in base64.',
  },
  {
    entry: 'skim-kernel.ts',
    target: 'src/formats/skim-kernel-bytes.ts',
    name: 'SKIM_KERNEL_BASE64',
    says: 'The kernel that skims lines as WebAssembly, in base64.',
  },
];

/**
 * The source of a kernel's `target`: the program compiled to WebAssembly, in base64.
 * @param {typeof KERNELS[number]} kernel
 * @returns {Promise<string>}
 * @throws where the kernel has errors.
 */
export async function kernelSource({ entry, name, says }) {
  let binary = null;
  const flags = ['-O3', '--enable', 'simd', '--runtime', 'stub', '--noAssert'];
  const { error, stderr } = await asc.main([entry, '--outFile', 'kernel.wasm', ...flags], {
    readFile: (file) => {
      const path = join(SOURCES, file);
      return existsSync(path) ? readFileSync(path, 'utf8') : null;
    },
    writeFile: (file, bytes) => {
      if (file === 'kernel.wasm') binary = bytes;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === null) throw new Error(`the kernel does not compile: ${stderr}`);
  const madeBy = `Made by infra/generate-kernel.mjs of src/text/assembly/${entry}; a test makes it again and compares.`;
  return bytesSource(binary, { madeBy, name, says });
}

/**
 * The source of a file that holds a program.
 * @param {Uint8Array} program
 * @param {{ readonly madeBy: string, readonly name: string, readonly says: string }} about
 * @returns {string}
 */
export function bytesSource(program, { madeBy, name, says }) {
  const text = Buffer.from(program).toString('base64');
  const lines = text.match(new RegExp(`.{1,${LINE_CHARACTERS}}`, 'g')) ?? [];
  return [
    `// ${madeBy}`,
    '',
    `/** ${says} */`,
    `export const ${name} = [`,
    ...lines.map((line) => `  '${line}',`),
    "].join('');",
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const kernel of KERNELS) {
    writeFileSync(join(ROOT, kernel.target), await kernelSource(kernel));
  }
}
