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

  function program(
    path: string,
    version = 'temporal version 1.5.1 (Server 1.29.0, UI 2.42.1)',
  ): string {
    const full = join(folder, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, `#!/bin/sh\necho '${version}'\n`);
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

  test('one on the PATH whose server is too old, or that is another program, is passed over with the reason', () => {
    const cached = program(`own/holdfast/temporal-${TEMPORAL_CLI_VERSION}/temporal`);
    const versions = [
      ['old', 'temporal version 1.1.0 (Server 1.28.1, UI 2.30.0)', /1\.28\.1, is older than 1\.29/],
      ['other', 'tempo 3', /does not run as the Temporal CLI/],
    ] as const;
    for (const [name, version, reason] of versions) {
      const PATH = dirname(program(`${name}/temporal`, version));
      assert.equal(findTemporalCli({ PATH, XDG_CACHE_HOME: join(folder, 'own') }), cached);
      assert.throws(() => findTemporalCli({ PATH, XDG_CACHE_HOME: join(folder, 'none') }), reason);
    }
    const newer = program('new/temporal', 'temporal version 2.0.0 (Server 2.0.0, UI 3.0.0)');
    assert.equal(findTemporalCli({ PATH: dirname(newer) }), newer);
    const configured = join(folder, 'other/temporal');
    assert.throws(() => findTemporalCli({ HOLDFAST_TEMPORAL_CLI: configured }), /does not run as/);
  });

  test('the bootstrap gets the version, and asks for the server, that this code looks for', () => {
    const bootstrap = readFileSync(join(repositoryRoot, 'infra/temporal-cli.mjs'), 'utf8');
    const own = readFileSync(join(repositoryRoot, 'src/cli/temporal-cli.ts'), 'utf8');
    const minimum = /MINIMUM_SERVER = (\[\d+, \d+\])/;
    assert.equal(minimum.exec(own)?.[1], minimum.exec(bootstrap)?.[1] ?? 'none');
    assert.ok(bootstrap.includes(`TEMPORAL_CLI_VERSION = '${TEMPORAL_CLI_VERSION}'`));
  });
});
