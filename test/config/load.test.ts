import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  configurationDigest,
  loadConfiguration,
  parseConfigurationText,
  storedForm,
} from '../../src/config/load.js';
import { parseConfiguration } from '../../src/config/schema.js';
import { resolvedTrainedOn, resolvePath, storeAddress } from '../../src/config/paths.js';
import { ConfigError } from '../../src/domain/errors.js';
import { DEFAULT_REDACTION_POLICY } from '../../src/domain/personal-data.js';
import { canonicalJson } from '../../src/domain/json.js';
import { repositoryRoot } from '../support/paths.js';

const fixtures = join(repositoryRoot, 'test', 'fixtures', 'config');
const minimal = await readFile(join(fixtures, 'minimal.yaml'), 'utf8');

function parsed(changes: object): ReturnType<typeof parseConfiguration> {
  return parseConfiguration({ ...(parse(minimal) as object), ...changes });
}

function problemsOf(text: string): string {
  try {
    parseConfigurationText(text, 'holdfast.yaml');
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
  assert.fail('the configuration was accepted');
}

describe('the configuration loader', () => {
  test('fills in the defaults, and borrows the chat endpoint from the trainer', () => {
    const configuration = parseConfigurationText(minimal, 'holdfast.yaml');
    assert.equal(configuration.store, 'file:.holdfast/store');
    assert.deepEqual(configuration.temporal, {
      address: 'localhost:7233',
      namespace: 'default',
      taskQueue: 'holdfast-triage',
    });
    assert.deepEqual(configuration.window, { first: '2026-W07', weeks: 1 });
    assert.equal(configuration.split.holdoutFraction, 0.1);
    assert.equal(configuration.gate.superiorityOn, 'holdout');
    assert.equal(configuration.chat.baseURL, configuration.train.baseURL);
    assert.equal(configuration.chat.keyVariable, 'OPENAI_API_KEY');
    assert.equal(configuration.history, 'all');
  });

  test('freezes what it returns, at every depth', () => {
    const configuration = parseConfigurationText(minimal, 'holdfast.yaml');
    assert.ok(Object.isFrozen(configuration));
    assert.ok(Object.isFrozen(configuration.sources[0]?.fields));
    assert.ok(Object.isFrozen(configuration.gate.guards));
  });

  test('names every problem at once, with line, path and what is accepted, in the order of the file', async () => {
    const text = await readFile(join(fixtures, 'many-problems.yaml'), 'utf8');
    const expected = await readFile(join(fixtures, 'many-problems.txt'), 'utf8');
    assert.equal(`${problemsOf(text).replace('holdfast.yaml', 'many-problems.yaml')}\n`, expected);
  });

  test('never quotes a value, so that a key pasted into the file stays out of the terminal and the logs', async () => {
    const text = await readFile(join(fixtures, 'many-problems.yaml'), 'utf8');
    assert.ok(text.includes('sk-live-planted'));
    assert.ok(!problemsOf(text).includes('planted'));
    assert.ok(!problemsOf('model: [1\nkey: "sk-live-planted\n').includes('planted'));
  });

  test('takes only stores that the command line can open', () => {
    for (const store of [
      '"memory:"',
      '"memory:trial"',
      '"file:"',
      's3://',
      's3://key:word@bucket',
    ]) {
      assert.match(problemsOf(`${minimal}store: ${store}\n`), /store: expected file:FOLDER/, store);
    }
    for (const store of ['s3://bucket', 's3://bucket/a/b', 's3://bucket?endpoint=http://host:1']) {
      assert.equal(parseConfigurationText(`${minimal}store: ${store}\n`, 'x').store, store);
    }
  });

  test('refuses addresses that may hold a secret, since they are stored, and says where the key goes', () => {
    const withHost = (url: string): string =>
      minimal.replace('http://127.0.0.1:8080/v1', JSON.stringify(url));
    const secret = [
      'https://me:planted@host/v1',
      'https://planted@host/v1',
      'https:me:planted@host',
    ];
    for (const url of [...secret, 'https://host/v1?key=planted', 'https://host/v1#planted']) {
      const told = problemsOf(withHost(url));
      assert.match(told, /train\.baseURL: expected a URL without user.*keyVariable/, url);
      assert.ok(!told.includes('planted'));
    }
    for (const url of ['https://host:8443/v1', 'https://host/@team/v1', 'http://[::1]:80/v1']) {
      assert.equal(parseConfigurationText(withHost(url), 'x').train.baseURL, url);
    }
  });

  test('a suite that is not pinned yet is told how to pin it, and does not stand in the way of pinning', () => {
    const text = `${minimal}gate: { superiorityOn: frozen:golden }\n`;
    assert.match(problemsOf(text), /no such suite.*freeze and pin it first: .*evals freeze/);
    const { gate } = parseConfigurationText(text, 'x', 'being-pinned');
    assert.equal(gate.superiorityOn, 'frozen:golden');
    const twice = `${text}evals: [{ name: a, digest: ${'0'.repeat(64)} }, { name: a, digest: ${'1'.repeat(64)} }]\n`;
    assert.throws(() => parseConfigurationText(twice, 'x', 'being-pinned'), /has this name/);
  });

  test('gives every model a task queue of its own', () => {
    assert.equal(parseConfigurationText(minimal, 'x').temporal.taskQueue, 'holdfast-triage');
    const named = parseConfigurationText(`${minimal}temporal: { taskQueue: mine }\n`, 'x');
    assert.equal(named.temporal.taskQueue, 'mine');
  });

  test('takes an action for each type of personal data, and countries that exist', () => {
    const { redaction } = parsed({ redaction: { types: { name: 'mask', card: 'drop' } } });
    assert.equal(redaction.types.name, 'mask');
    assert.equal(redaction.types.card, 'drop');
    assert.deepEqual(parsed({}).redaction, DEFAULT_REDACTION_POLICY);
    for (const wrong of [
      { types: { email: 'hash' } },
      { types: { passport: 'mask' } },
      { phoneRegions: ['UK'] },
      { phoneRegions: ['de'] },
    ]) {
      assert.throws(() => parsed({ redaction: wrong }), ConfigError, JSON.stringify(wrong));
    }
  });

  test('refuses a missing consent rule: there is no default', () => {
    const text = minimal.replace(/consent:\n {2}unmarked: allow\n/, '');
    assert.match(problemsOf(text), /consent: missing; expected a group with unmarked/);
  });

  test('refuses what the champion was trained on unless it is written out', () => {
    assert.match(
      problemsOf(minimal.replace('  trainedOn: []\n', '')),
      /champion.trainedOn: missing; expected unknown or a list/,
    );
    const known = parseConfigurationText(minimal.replace('[]', 'unknown'), 'holdfast.yaml');
    assert.equal(known.champion.trainedOn, 'unknown');
  });

  test('refuses paid training whose number of passes is left to the host', () => {
    const paid = minimal.replace('pricePerMillionTokens: 0', 'pricePerMillionTokens: 3');
    const withEpochs = (value: string): string =>
      paid.replace('train:\n', `train:\n  hyperparameters: { n_epochs: ${value} }\n`);
    for (const text of [paid, withEpochs('auto'), withEpochs('0')]) {
      assert.match(
        problemsOf(text),
        /train\.hyperparameters\.n_epochs: expected a number of passes/,
      );
    }
    const { train } = parseConfigurationText(withEpochs('2'), 'holdfast.yaml');
    assert.equal(train.hyperparameters['n_epochs'], 2);
    assert.equal(parseConfigurationText(minimal, 'x').train.hyperparameters['n_epochs'], undefined);
  });

  test('takes hyperparameters of any depth that JSON has, and says what else stands there', () => {
    const withThem = (value: string): string =>
      minimal.replace('train:\n', `train:\n  hyperparameters: ${value}\n`);
    const given = '{ lora: true, training_type: { type: Lora, targets: [q, v], r: 8 }, lr: 1e-5 }';
    const { train } = parseConfigurationText(withThem(given), 'holdfast.yaml');
    assert.deepEqual(train.hyperparameters, {
      lora: true,
      training_type: { type: 'Lora', targets: ['q', 'v'], r: 8 },
      lr: 1e-5,
    });
    for (const wrong of ['{ lora: { r: null } }', '{ lora: [.nan] }']) {
      assert.match(
        problemsOf(withThem(wrong)),
        /line 9: train\.hyperparameters\.lora[^:]*: (missing; )?expected true or false, a number, a text, or a list or group/,
      );
    }
    for (const wrong of ['&a { x: [1, *a] }', '{ a: [[[[[[[[[1]]]]]]]]] }']) {
      assert.match(
        problemsOf(withThem(wrong)),
        /train\.hyperparameters: expected lists and groups/,
      );
    }
  });

  test('refuses passes that fireworks would take and the estimate does not count', () => {
    const withEpochs = (value: string): string => {
      const provider = `provider: fireworks\n  account: me\n  hyperparameters: ${value}\n`;
      return minimal.replace('train:\n', `train:\n  ${provider}`);
    };
    for (const both of ['{ epochs: 50 }', '{ n_epochs: 1, epochs: 50 }']) {
      assert.match(
        problemsOf(withEpochs(both)),
        /train\.hyperparameters\.epochs: say n_epochs instead/,
      );
    }
    const { train } = parseConfigurationText(withEpochs('{ n_epochs: 2 }'), 'holdfast.yaml');
    assert.equal(train.hyperparameters['n_epochs'], 2);
  });

  test('refuses the same key twice, naming the line', () => {
    assert.match(problemsOf(`${minimal}model: other\n`), /line 16, column 1: duplicate key/);
  });

  test('says which line of a file is no YAML', () => {
    assert.match(problemsOf('model: [1\nstore: x\n'), /not valid YAML:\n {2}line 2/);
  });

  test('an empty file is told what is missing', () => {
    assert.match(problemsOf(''), /has 6 problems/);
    assert.match(problemsOf('# nothing\n'), /model: missing/);
  });

  test('a missing file is told how to make one', async () => {
    await assert.rejects(loadConfiguration('/nowhere/holdfast.yaml'), {
      name: 'ConfigError',
      message: /holdfast init/,
    });
  });
});

describe('a stored configuration', () => {
  test('is read back as it was, so that its digest is still its name', () => {
    const configuration = parseConfigurationText(minimal, 'x');
    const stored: unknown = JSON.parse(canonicalJson(storedForm(configuration)));
    assert.deepEqual(parseConfiguration(stored), configuration);
    const elsewhere = parseConfigurationText(`${minimal}store: s3://bucket\n`, 'x');
    assert.equal(configurationDigest(elsewhere), configurationDigest(configuration));
    assert.equal(
      configurationDigest(parseConfiguration(stored)),
      configurationDigest(configuration),
    );
  });

  test('that is none is refused without being quoted', () => {
    assert.throws(
      () => parseConfiguration({ model: 'x', planted: 'secret' }),
      (error) =>
        error instanceof ConfigError &&
        error.message.includes('planted: unknown key') &&
        !error.message.includes('secret'),
    );
  });
});

describe('the configuration digest', () => {
  test('does not change with comments, order of keys, written-out defaults or the folder of the file', async () => {
    const folders = await Promise.all(['one-', 'two-'].map((p) => mkdtemp(join(tmpdir(), p))));
    try {
      const digests: string[] = [];
      for (const folder of folders) {
        await cp(join(fixtures, 'minimal.yaml'), join(folder, 'holdfast.yaml'));
        digests.push((await loadConfiguration(join(folder, 'holdfast.yaml'))).digest);
      }
      assert.equal(digests[0], digests[1]);
    } finally {
      await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
    }
    const written = parseConfigurationText(
      `# a comment\nhistory: all\n${minimal}store: file:.holdfast/store\n`,
      'x',
    );
    assert.deepEqual(written, parseConfigurationText(minimal, 'y'));
  });

  test('changes with any value', () => {
    const one = configurationDigest(parseConfigurationText(minimal, 'x'));
    const other = configurationDigest(
      parseConfigurationText(`${minimal}maximumQuarantined: 0.06\n`, 'x'),
    );
    assert.match(one, /^[0-9a-f]{64}$/);
    assert.notEqual(one, other);
  });
});

describe('paths of a configuration', () => {
  test("are resolved against the file's folder and stay as written in the configuration", async () => {
    const loaded = await loadConfiguration(join(fixtures, 'minimal.yaml'));
    assert.equal(loaded.baseFolder, fixtures);
    assert.equal(storeAddress(loaded), `file:${join(fixtures, '.holdfast', 'store')}`);
    assert.deepEqual(resolvedTrainedOn(loaded), []);
    assert.equal(loaded.configuration.sources[0]?.path, 'logs');
  });

  test('absolute paths and addresses stay as they are', () => {
    const base = { baseFolder: '/base' };
    assert.equal(resolvePath(base, '/var/logs'), '/var/logs');
    assert.equal(resolvePath(base, 's3://bucket/logs'), 's3://bucket/logs');
    assert.equal(resolvePath(base, '../logs'), '/logs');
  });
});
