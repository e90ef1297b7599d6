import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { findTemporalCli, TEMPORAL_CLI_VERSION } from '../../src/cli/temporal-cli.js';
import { PrerequisiteError } from '../../src/domain/errors.js';
import { repositoryRoot } from '../support/paths.js';

describe('finding the Temporal CLI', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-cli-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  function program(path: string): string {
    const full = join(folder, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, '#!/bin/sh\n');
    chmodSync(full, 0o755);
    return full;
  }

  test('takes the configured path before the PATH, and the PATH before the cache', () => {
    const configured = program('configured/my-temporal');
    const onPath = program('bin/temporal');
    const cached = program(`cache/holdfast/temporal-${TEMPORAL_CLI_VERSION}/temporal`);
    const cache = { XDG_CACHE_HOME: join(folder, 'cache') };
    const path = { PATH: `${join(folder, 'empty')}:${join(folder, 'bin')}` };
    assert.equal(
      findTemporalCli({ HOLDFAST_TEMPORAL_CLI: configured, ...path, ...cache }),
      configured,
    );
    assert.equal(findTemporalCli({ ...path, ...cache }), onPath);
    assert.equal(findTemporalCli({ PATH: join(folder, 'empty'), ...cache }), cached);
  });

  test('a configured path that is no program is an error, and nothing else is tried', () => {
    const onPath = { PATH: dirname(program('bin/temporal')) };
    const wrong = join(folder, 'no-such-program');
    assert.throws(
      () => findTemporalCli({ HOLDFAST_TEMPORAL_CLI: wrong, ...onPath }),
      (error) => error instanceof PrerequisiteError && error.message.includes(wrong),
    );
  });

  test('a file without the right to be run and a folder of that name are passed over', () => {
    mkdirSync(join(folder, 'folders/temporal'), { recursive: true });
    mkdirSync(join(folder, 'texts'));
    writeFileSync(join(folder, 'texts/temporal'), 'text');
    const path = `${join(folder, 'folders')}:${join(folder, 'texts')}`;
    assert.throws(
      () => findTemporalCli({ PATH: path, XDG_CACHE_HOME: join(folder, 'none') }),
      (error) => error instanceof PrerequisiteError && error.message.includes('docs.temporal.io'),
    );
  });

  test('the bootstrap gets the version that this code looks for', () => {
    const bootstrap = readFileSync(join(repositoryRoot, 'infra/temporal-cli.mjs'), 'utf8');
    assert.ok(bootstrap.includes(`TEMPORAL_CLI_VERSION = '${TEMPORAL_CLI_VERSION}'`));
  });
});
