import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { digestFiles, listFiles, readStamp, writeStamp } from './digest.mjs';
import { withLock } from './lock.mjs';
import { capture } from './programs.mjs';
import { SetupError } from './setup-error.mjs';

const SOURCE_FOLDERS = ['activities', 'src', 'test', 'workflows'];
const BUNDLE_FOLDERS = ['src/domain', 'workflows'];
const BUILD_FILES = ['infra/build.mjs', 'package-lock.json', 'tsconfig.json'];
const ZSTD_FILES = ['infra/build.mjs', 'infra/inline-zstd.mjs', 'package-lock.json'];
const COMPILE_TIMEOUT_MS = 10 * 60_000;

/**
 * Compiles to `dist/`, bundles the workflows to `dist/workflow-bundle.js` and makes the encoder's program in
 * `dist/src/formats/zstd-inlined.wasm`, each only when what it is made of changed.
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
      await inlineIfStale(root, progress);
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
const zstdStamp = (root) => join(root, 'dist', '.zstd-stamp');
const zstdPath = (root) => join(root, 'dist', 'src', 'formats', 'zstd-inlined.wasm');

function isFresh(root, sources) {
  return isCompiled(root, sources) && isBundled(root) && isInlined(root);
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

function isInlined(root) {
  return readStamp(zstdStamp(root)) === digestFiles(root, ZSTD_FILES) && existsSync(zstdPath(root));
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
    writeWhole(bundlePath(root), code);
  });
  writeStamp(bundleStamp(root), digest);
}

async function inlineIfStale(root, progress) {
  if (isInlined(root)) return;
  await progress.step('inlining zstd', async () => {
    // Imported late, as the bundler is.
    const { inlinedZstd } = await import('./inline-zstd.mjs');
    writeWhole(zstdPath(root), inlinedZstd());
  });
  writeStamp(zstdStamp(root), digestFiles(root, ZSTD_FILES));
}

/** Writes a file so that it is there whole or not at all. */
function writeWhole(path, content) {
  const partial = `${path}.${process.pid}`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(partial, content);
  renameSync(partial, path);
}
