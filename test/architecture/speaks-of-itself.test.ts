import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, test } from 'node:test';
import { repositoryRoot } from '../support/paths.js';

const { ownFiles } = (await import(join(repositoryRoot, 'infra', 'own-files.mjs'))) as {
  ownFiles: (root: string) => readonly string[] | null;
};

const SKIPPED_FOLDERS = ['.git', '.holdfast', 'dist', 'node_modules'];
const TEXT_FILE =
  /(^|\/)(\.[a-z]+|[A-Z]+|run)$|\.(cjs|css|html|js|json|md|mjs|sh|svg|toml|ts|txt|yaml|yml)$/;

/** Written in pieces, so that this file does not hold what it looks for. */
const FOREIGN: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: 'the number of an issue', pattern: /\b(?:issue|PR|pull request)s? #?\d+\b|\(#\d+\)/i },
  {
    what: 'a path of one machine',
    pattern: new RegExp('/(?:work|root|home/\\w+|tmp)' + '/[\\w-]'),
  },
  {
    what: 'the address of a registry',
    pattern: new RegExp(['registry\\.npm' + 'js', 'npm' + 'mirror', '"resolved"' + ':'].join('|')),
  },
];

describe('the repository', () => {
  test('speaks of the project alone: no issue numbers, no paths of one machine, no registries', () => {
    const found = ownTextFiles(repositoryRoot).flatMap((path) =>
      foreignLines(path, readFileSync(join(repositoryRoot, path), 'utf8')),
    );
    assert.deepEqual(found, []);
  });

  test('the patterns find what they are for', () => {
    const examples = ['see issue' + ' 12', 'fixed (#' + '7)', '"/wo' + 'rk/main"', '/tm' + 'p/x'];
    for (const example of examples) {
      assert.equal(foreignLines('x.md', example).length, 1, example);
    }
    for (const example of ['network/main', 'issues of trust', '#include', 'colour #123456']) {
      assert.deepEqual(foreignLines('x.md', example), []);
    }
  });
});

/** What git tracks, since users keep logs and eval files of their own in the clone; every file where there is no git. */
function ownTextFiles(root: string): readonly string[] {
  return (ownFiles(root) ?? walk(root)).filter((path) => TEXT_FILE.test(path)).sort();
}

function walk(root: string, folder = root): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED_FOLDERS.includes(entry.name) ? [] : walk(root, path);
    return entry.isFile() ? [relative(root, path)] : [];
  });
}

function foreignLines(path: string, text: string): readonly string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      FOREIGN.filter(({ pattern }) => pattern.test(line)).map(
        ({ what }) => `${path}:${index + 1}: ${what}`,
      ),
    );
}
