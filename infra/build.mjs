import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestFiles, listFiles, readStamp, writeStamp } from './digest.mjs';
import { withLock } from './lock.mjs';
import { capture } from './programs.mjs';
import { SetupError } from './setup-error.mjs';

const SOURCE_FOLDERS = ['activities', 'src', 'test', 'workflows'];
const BUNDLE_FOLDERS = ['src/domain', 'workflows'];
const BUILD_FILES = ['infra/build.mjs', 'package-lock.json', 'tsconfig.json'];
const COMPILE_TIMEOUT_MS = 10 * 60_000;

/**
 * Compiles to `dist/` and bundles the workflows to `dist/workflow-bundle.js`, each only when its sources changed.
 * @throws {SetupError} with the compiler's output when it finds errors, or when there is no compiler yet.
 */
export async function build({ root, progress }) {
  const sources = listFiles(root, SOURCE_FOLDERS, (path) => path.endsWith('.ts'));
  if (isFresh(root, sources)) return;
  await withLock(
    join(root, '.holdfast', 'build.lock'),
    { onWait: (owner) => progress.say(`waiting for process ${owner}, which builds`) },
    async () => {
      if (isFresh(root, sources)) return;
      await compileIfStale(root, sources, progress);
      await bundleIfStale(root, progress);
    },
  );
}

/** Where a TypeScript file is compiled to. */
export function compiledPath(source) {
  return join('dist', source.replace(/\.ts$/, '.js'));
}

const compileStamp = (root) => join(root, 'dist', '.compile-stamp');
const bundleStamp = (root) => join(root, 'dist', '.bundle-stamp');
const bundlePath = (root) => join(root, 'dist', 'workflow-bundle.js');

function isFresh(root, sources) {
  return isCompiled(root, sources) && isBundled(root);
}

function isCompiled(root, sources) {
  return (
    readStamp(compileStamp(root)) === digestFiles(root, [...BUILD_FILES, ...sources]) &&
    sources.every((source) => existsSync(join(root, compiledPath(source))))
  );
}

function bundleDigest(root) {
  const sources = listFiles(root, BUNDLE_FOLDERS, (path) => path.endsWith('.ts'));
  return digestFiles(root, [...BUILD_FILES, ...sources]);
}

function isBundled(root) {
  return readStamp(bundleStamp(root)) === bundleDigest(root) && existsSync(bundlePath(root));
}

async function compileIfStale(root, sources, progress) {
  if (isCompiled(root, sources)) return;
  // Read before compiling: what changes meanwhile is compiled next time.
  const digest = digestFiles(root, [...BUILD_FILES, ...sources]);
  if (sources.some((source) => !existsSync(join(root, compiledPath(source))))) {
    // The compiler's own record says that these were written; without it, it writes all.
    rmSync(join(root, 'dist', 'tsconfig.tsbuildinfo'), { force: true });
  }
  await progress.step('compiling TypeScript', async () => {
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    if (!existsSync(compiler)) {
      throw new SetupError(
        'the packages are not installed yet: run `npm ci` first (`npm run demo` and `npm test` do it by themselves)',
      );
    }
    const result = await capture(process.execPath, [compiler, '-p', '.', '--pretty', 'false'], {
      cwd: root,
      env: process.env,
      timeoutMs: COMPILE_TIMEOUT_MS,
    });
    if (!result.isOk) throw new SetupError(`TypeScript found errors:\n${result.output.trimEnd()}`);
  });
  writeStamp(compileStamp(root), digest);
}

async function bundleIfStale(root, progress) {
  if (isBundled(root)) return;
  const digest = bundleDigest(root);
  await progress.step('bundling the workflows', async () => {
    // Imported late: it takes half a second, and a fresh build doesn't need it.
    const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
    const { code } = await bundleWorkflowCode({
      workflowsPath: join(root, 'dist', 'workflows', 'index.js'),
      logger: new DefaultLogger('WARN'),
    });
    const partial = `${bundlePath(root)}.${process.pid}`;
    writeFileSync(partial, code);
    renameSync(partial, bundlePath(root));
  });
  writeStamp(bundleStamp(root), digest);
}
