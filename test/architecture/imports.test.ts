import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { repositoryRoot } from '../support/paths.js';
import { entries, groups, importTable, type ImportRule } from './import-table.js';
import { readSourceFiles, SOURCE_FOLDERS, type SourceFile } from './source-files.js';

const sources = readSourceFiles(SOURCE_FOLDERS);
const FOLDERS = importTable.flatMap(({ folders }) => folders);

describe('imports', () => {
  test('every source folder has a row in the import table, and every row a folder', () => {
    const missing = sources.filter(({ path }) => areaOf(path) === null).map(({ path }) => path);
    assert.deepEqual(missing, []);
    const used = new Set(sources.map(({ path }) => areaOf(path)));
    assert.deepEqual(
      FOLDERS.filter((area) => !used.has(area)),
      [],
    );
  });

  test('no file imports a file that the table does not allow its folder', () => {
    const forbidden = sources.flatMap((source) =>
      source.files
        .filter((target) => !mayImport(source.path, target))
        .map((target) => `${source.path} imports ${target}`),
    );
    assert.deepEqual(forbidden, []);
  });

  test('no file imports a module of Node or npm that the table does not allow its folder', () => {
    const forbidden = sources.flatMap((source) =>
      source.packages
        .filter((name) => !mayUse(ruleOf(source.path), name))
        .map((name) => `${source.path} imports ${name}`),
    );
    assert.deepEqual(forbidden, []);
  });

  test('no files import each other in a circle, types included', () => {
    assert.deepEqual(findCycles(sources), []);
  });

  test('every source file is reached from an entry', () => {
    const absent = Object.keys(entries).filter((path) => !existsSync(join(repositoryRoot, path)));
    assert.deepEqual(absent, [], 'entries that do not exist');
    const reached = reachedFrom(Object.keys(entries), sources);
    assert.deepEqual(
      sources.map(({ path }) => path).filter((path) => !reached.has(path)),
      [],
    );
  });

  test('ARCHITECTURE.md has the same table', () => {
    const page = readFileSync(join(repositoryRoot, 'ARCHITECTURE.md'), 'utf8');
    const written = page
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.replaceAll(/ +/g, ' '));
    const wanted = [...importTable.map(ruleRow), ...Object.entries(groups).map(groupRow)];
    assert.deepEqual(
      wanted.filter((row) => !written.includes(row)),
      [],
    );
    const isOfTheTable = (row: string): boolean =>
      row.split('|').length === 5 && !row.includes('---') && !row.includes('may import');
    assert.equal(written.filter(isOfTheTable).length, importTable.length);
  });
});

function areaOf(path: string): string | null {
  const holding = FOLDERS.filter((folder) => path.startsWith(`${folder}/`));
  return holding.sort((a, b) => b.length - a.length)[0] ?? null;
}

function ruleOf(path: string): ImportRule {
  const area = areaOf(path);
  const rule = importTable.find(({ folders }) => area !== null && folders.includes(area));
  return rule ?? { folders: [], imports: [], packages: ['none'] };
}

function mayImport(from: string, target: string): boolean {
  if (areaOf(from) === areaOf(target)) return true;
  return ruleOf(from)
    .imports.flatMap((name) => groups[name] ?? [name])
    .some((allowed) => target === allowed || target.startsWith(`${allowed}/`));
}

function mayUse(rule: ImportRule, name: string): boolean {
  return rule.packages.includes('any') || rule.packages.includes(name);
}

function findCycles(files: readonly SourceFile[]): readonly string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path].join(' -> '));
    if (start >= 0 || done.has(path)) return;
    const file = byPath.get(path);
    for (const next of file?.files ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return cycles;
}

function reachedFrom(starts: readonly string[], files: readonly SourceFile[]): ReadonlySet<string> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set<string>();
  const open = [...starts];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    open.push(...(byPath.get(path)?.files ?? []));
  }
  return reached;
}

function ruleRow({ folders, imports, packages }: ImportRule): string {
  return `| ${cell(folders)} | ${cell(imports)} | ${cell(packages)} |`;
}

function groupRow([name, paths]: readonly [string, readonly string[]]): string {
  return `| ${cell([name])} | ${cell(paths)} |`;
}

/** Paths and packages as code; names of groups in italics, `none` and `any` as words. */
function cell(names: readonly string[]): string {
  const format = (name: string): string => {
    if (groups[name] !== undefined) return `_${name}_`;
    return name === 'none' || name === 'any' ? name : `\`${name}\``;
  };
  return names.length === 0 ? 'none' : names.map(format).join(', ');
}
