import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { repositoryRoot } from '../support/paths.js';
import {
  clocks,
  ENVIRONMENT_FOLDER,
  MAXIMUM_LINES,
  sharedPackages,
  unimportedPackages,
} from './import-table.js';
import { parseSourceFile, readSourceFiles, SOURCE_FOLDERS } from './source-files.js';

const sources = readSourceFiles(SOURCE_FOLDERS);

interface Package {
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as Package;

describe('rules of the sources', () => {
  test(`only ${ENVIRONMENT_FOLDER} reads the environment`, () => {
    const readers = sources
      .filter(({ readsEnvironment }) => readsEnvironment)
      .map(({ path }) => path)
      .filter((path) => !path.startsWith(`${ENVIRONMENT_FOLDER}/`));
    assert.deepEqual(readers, []);
  });

  test('only the worker, the command line and the demo look at a clock or make something random', () => {
    const isAllowed = (path: string): boolean =>
      Object.keys(clocks).some((place) => path === place || path.startsWith(`${place}/`));
    assert.deepEqual(
      pathsWhere(sources, (file) => file.readsClock && !isAllowed(file.path)),
      [],
    );
  });

  test('nothing is exported as default', () => {
    const files = [...sources, ...readSourceFiles(['test'])];
    assert.deepEqual(
      pathsWhere(files, (file) => file.hasDefaultExport),
      [],
    );
  });

  test('properties get their seed from one file, so that every run has the same examples', () => {
    const files = readSourceFiles(['test']);
    assert.deepEqual(
      pathsWhere(files, ({ hasOwnSeed }) => hasOwnSeed),
      [],
      'a seed of its own, which no other replaces',
    );
    const importers = files.filter(({ packages }) => packages.includes('fast-check'));
    assert.deepEqual(
      importers.map(({ path }) => path),
      ['test/support/properties.ts'],
    );
  });

  test('every activity is scheduled with a summary, which is what its event says in Temporal’s UI', () => {
    const options = readFileSync(join(repositoryRoot, 'workflows/activity-options.ts'), 'utf8');
    const proxies = Array.from(options.matchAll(/export const (\w+) = proxy/g), ([, name]) => name);
    const bare = new RegExp(`\\b(?:${proxies.join('|')})[.[]\\w+\\]?\\(`, 'g');
    const calls = readSourceFiles(['workflows']).flatMap(({ path }) =>
      Array.from(readFileSync(join(repositoryRoot, path), 'utf8').matchAll(bare), ([call]) => ({
        path,
        call,
      })),
    );
    assert.ok(proxies.length > 5);
    assert.deepEqual(calls, []);
  });

  test(`no source file is longer than ${MAXIMUM_LINES} lines`, () => {
    const long = sources.filter(({ lineCount }) => lineCount > MAXIMUM_LINES);
    assert.deepEqual(
      long.map(({ path, lineCount }) => `${path}: ${lineCount} lines`),
      [],
    );
  });

  test('an npm package is imported by one file, unless the table says why not', () => {
    const importers = packageImporters();
    const scattered = [...importers]
      .filter(([name, paths]) => paths.length > 1 && sharedPackages[name] === undefined)
      .map(([name, paths]) => `${name}: ${paths.join(', ')}`);
    assert.deepEqual(scattered, []);
  });

  test('every package that is installed with holdfast is used, and every one used is declared', () => {
    const used = [...packageImporters().keys()].sort();
    const unused = Object.keys(manifest.dependencies).filter(
      (name) => !used.includes(name) && unimportedPackages[name] === undefined,
    );
    assert.deepEqual(unused, [], 'dependencies that nothing imports');
    const undeclared = [...packageImporters()]
      .filter(([name]) => manifest.dependencies[name] === undefined)
      .filter(([name, paths]) => !isForTheDemoOnly(name, paths))
      .map(([name, paths]) => `${name}: ${paths.join(', ')}`);
    assert.deepEqual(undeclared, [], 'imports that are not in dependencies');
  });

  test('the notices of what the package holds of others are in it, and of the version that is installed', () => {
    const notices = readFileSync(join(repositoryRoot, 'THIRD-PARTY-NOTICES'), 'utf8');
    assert.ok(manifest.files.includes('THIRD-PARTY-NOTICES'));
    const version = manifest.dependencies['@bokuweb/zstd-wasm'] ?? '';
    assert.ok(notices.includes(`@bokuweb/zstd-wasm ${version} `), 'of its zstd, too?');
  });

  test('the lockfile holds every package for every system, and no address', () => {
    const text = readFileSync(join(repositoryRoot, 'package-lock.json'), 'utf8');
    const { packages } = JSON.parse(text) as {
      readonly packages: Readonly<Record<string, { optionalDependencies?: object }>>;
    };
    const absent = Object.values(packages)
      .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      .filter(
        (name) => !Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`)),
      );
    assert.deepEqual(absent, []);
    assert.ok(!text.includes('"resolved"'));
  });
});

describe('reading a source file', () => {
  const read = (text: string): ReturnType<typeof parseSourceFile> =>
    parseSourceFile('src/domain/example.ts', text);

  test('finds imports of every form', () => {
    const file = read(`
      import { a } from './errors.js';
      import type { B } from "../storage/object-store.js";
      export { c } from './json.js';
      const d: import('./books.js').Books = await import('./chat.js');
      new Worker(new URL('./model.js', import.meta.url));
      const notCode = "import x from './window.js'";
      import { readFile } from 'fs';
      import z from 'zod/v4';
      import { Client } from '@temporalio/client/lib/client.js';`);
    assert.deepEqual(file.files, [
      'src/domain/errors.ts',
      'src/storage/object-store.ts',
      'src/domain/json.ts',
      'src/domain/books.ts',
      'src/domain/chat.ts',
      'src/domain/model.ts',
    ]);
    assert.deepEqual(file.packages, ['node:fs', 'zod', '@temporalio/client']);
  });

  test('sees the environment being read in every form, and nothing else', () => {
    for (const text of [
      "process.env['HOME']",
      'globalThis.process.env.HOME',
      "const { HOME } = process['env']",
      "import { env } from 'node:process'",
      "import { env as e } from 'node:process'",
    ]) {
      assert.ok(read(text).readsEnvironment, text);
    }
    for (const text of ['context.env', "'process.env'", "import { env } from './errors.js'"]) {
      assert.ok(!read(text).readsEnvironment, text);
    }
  });

  test('sees the seed of a property in every form, and that of a sample as none', () => {
    for (const text of [
      'fc.assert(property, { seed: 7 })',
      'fc.assert(fc.property(a, b), { numRuns: 2 * N, seed })',
      'fc.check(property, {\n  numRuns: 3,\n  seed: 1 })',
    ]) {
      assert.ok(read(text).hasOwnSeed, text);
    }
    for (const text of [
      'fc.sample(line, { numRuns: 1, seed: 3 })',
      'fc.assert(p, { numRuns: 9 })',
    ]) {
      assert.ok(!read(text).hasOwnSeed, text);
    }
  });

  test('sees a clock and a random source in every form, and nothing else', () => {
    for (const text of [
      'const at = new Date();',
      'Date.now()',
      'const now = performance.now;',
      'Math.random()',
      "import { randomUUID } from 'node:crypto'",
    ]) {
      assert.ok(read(text).readsClock, text);
    }
    for (const text of [
      'new Date(0)',
      'context.now()',
      "import { createHash } from 'node:crypto'",
    ]) {
      assert.ok(!read(text).readsClock, text);
    }
  });

  test('sees a default export in every form', () => {
    for (const text of [
      'export default 1',
      'export default function f() {}',
      'export default class {}',
    ]) {
      assert.ok(read(text).hasDefaultExport, text);
    }
    assert.ok(!read('export function f() {}').hasDefaultExport);
  });
});

function pathsWhere<T extends { readonly path: string }>(
  files: readonly T[],
  isMeant: (file: T) => boolean,
): readonly string[] {
  return files.filter(isMeant).map(({ path }) => path);
}

function packageImporters(): ReadonlyMap<string, readonly string[]> {
  const importers = new Map<string, readonly string[]>();
  for (const { path, packages } of sources) {
    for (const name of packages.filter((each) => !each.startsWith('node:'))) {
      importers.set(name, [...(importers.get(name) ?? []), path]);
    }
  }
  return importers;
}

/** The demo is not part of the installed package: its data may come from a package for development. */
function isForTheDemoOnly(name: string, paths: readonly string[]): boolean {
  return (
    manifest.devDependencies[name] !== undefined &&
    paths.every((path) => path.startsWith('src/demo/'))
  );
}
