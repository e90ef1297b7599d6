import { join } from 'node:path';
import { capture } from './programs.mjs';
import { ownFiles } from './own-files.mjs';

const CHECK_TIMEOUT_MS = 10 * 60_000;

const CODE = /\.[cm]?[jt]s$/;

/** The checks that look at the sources: a name, the program in node_modules and its arguments. */
function checksOf(root) {
  const own = ownFiles(root);
  return [
    {
      name: 'format',
      program: 'prettier/bin/prettier.cjs',
      args: ['--check', '--ignore-unknown', ...(own ?? ['.'])],
    },
    {
      name: 'lint',
      program: 'eslint/bin/eslint.js',
      args: [
        '--max-warnings=0',
        '--no-warn-ignored',
        ...(own?.filter((path) => CODE.test(path)) ?? ['.']),
      ],
    },
    {
      name: 'types of the workflows (without those of Node)',
      program: 'typescript/bin/tsc',
      args: ['-p', 'workflows', '--pretty', 'false'],
    },
  ];
}

/**
 * What runs each check, whether or not another failed, and prints the output of one that fails.
 * The types of everything else are checked by the build.
 * @returns {readonly { name: string, run: () => Promise<import('./run-file.mjs').Counts> }[]}
 */
export function checkJobs({ root, progress, environment }) {
  const run = async ({ name, program, args }) => {
    const result = await progress.step(name, () =>
      capture(process.execPath, [join(root, 'node_modules', program), ...args], {
        cwd: root,
        env: environment,
        timeoutMs: CHECK_TIMEOUT_MS,
      }),
    );
    if (!result.isOk) console.log(`  FAILED: ${name}\n${result.output.trimEnd()}`);
    return result.isOk
      ? { passed: 1, failed: 0, skipped: 0, failures: [] }
      : { passed: 0, failed: 1, skipped: 0, failures: [name] };
  };
  return checksOf(root).map((check) => ({ name: check.name, run: () => run(check) }));
}
