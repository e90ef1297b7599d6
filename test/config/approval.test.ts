import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { configurationDigest } from '../../src/config/load.js';
import { checkConfiguration, parseConfiguration } from '../../src/config/schema.js';
import { formatPath } from '../../src/config/problems.js';
import { testApprover } from '../support/approvers.js';
import { repositoryRoot } from '../support/paths.js';

const minimal = join(repositoryRoot, 'test', 'fixtures', 'config', 'minimal.yaml');
const document = parse(readFileSync(minimal, 'utf8')) as object;
const ana = testApprover('ana', 1).configured;
const ben = testApprover('ben', 2).configured;

function problemsOf(approval: object): readonly string[] {
  const { problems } = checkConfiguration({ ...document, approval });
  return problems.map(({ path, message }) => `${formatPath(path)}: ${message}`);
}

describe('the approvers of a configuration', () => {
  test('are names, or names with keys, and one of them is enough unless it says otherwise', () => {
    const { approval } = parseConfiguration({ ...document, approval: { approvers: ['ana'] } });
    assert.deepEqual(
      [approval.approvers, approval.required, approval.submitterMayApprove],
      [['ana'], 1, true],
    );
    const keyed = { approvers: [ana, ben], required: 2, submitterMayApprove: false };
    assert.deepEqual(problemsOf(keyed), []);
    const configuration = parseConfiguration({ ...document, approval: keyed });
    assert.deepEqual(configuration.approval.approvers, [ana, ben]);
    const other = {
      ...keyed,
      approvers: [ana, { ...ben, publicKey: testApprover('x', 3).configured.publicKey }],
    };
    const changed = parseConfiguration({ ...document, approval: other });
    assert.notEqual(configurationDigest(changed), configurationDigest(configuration));
  });

  test('with a key that is none are refused with where a key comes from', () => {
    const { publicKey } = ana;
    // The last digit holds four bits of the key: another with the same four would be a second spelling.
    const respelt = publicKey.slice(0, -1) + 'B';
    for (const key of [
      '',
      'ed25519:',
      publicKey.slice(8),
      publicKey.slice(0, -1),
      `${publicKey}A`,
      respelt,
    ]) {
      const [problem = ''] = problemsOf({ approvers: [{ name: 'ana', publicKey: key }] });
      assert.match(problem, /^approval\.approvers\[0\]\.?.*: expected .*holdfast keys new/, key);
    }
  });

  test('that would let one person count twice, or somebody never, are refused', () => {
    assert.deepEqual(problemsOf({ approvers: ['ana', 'ana'] }), [
      'approval.approvers[1]: another approver has this name',
    ]);
    assert.deepEqual(problemsOf({ approvers: [ana, { ...ana, name: 'ben' }] }), [
      'approval.approvers[1]: another approver has this key',
    ]);
    assert.match(
      problemsOf({ approvers: [ana, 'ben'] })[0] ?? '',
      /approvers\[1\]: expected a name and a publicKey/,
    );
    assert.match(
      problemsOf({ approvers: [ana], required: 2 })[0] ?? '',
      /required: expected at most .* 1$/,
    );
    assert.match(problemsOf({ required: 2 })[0] ?? '', /required: expected at most .* 0$/);
  });

  test('are reminded by https, or by http on this machine, at an address without a secret', () => {
    const problems = (url: string): readonly string[] => problemsOf({ reminders: { url } });
    for (const url of [
      'https://hooks.example.org/holdfast',
      'https://hooks.example.org:8443',
      'http://localhost:9000/hook',
      'http://127.0.0.1/hook',
      'http://[::1]:9000/hook',
    ]) {
      assert.deepEqual(problems(url), [], url);
    }
    for (const url of [
      'http://hooks.example.org/holdfast',
      'http://localhost.example.org/hook',
      'http://127.0.0.1.example.org/hook',
      'http://127.0.0.1@example.org/hook',
      'https://ana:secret@hooks.example.org',
      'https://hooks.example.org/?token=secret',
      'https://hooks.example.org/#x',
      'ftp://hooks.example.org',
      'hooks.example.org',
    ]) {
      assert.match(problems(url)[0] ?? '', /^approval\.reminders\.url: expected an https/, url);
    }
  });

  test('are reminded no more often until the deadline than a history holds', () => {
    const url = 'https://hooks.example.org/holdfast';
    const problems = (deadlineHours: unknown, everyHours: unknown): readonly string[] =>
      problemsOf({ deadlineHours, reminders: { url, everyHours } });
    assert.deepEqual(problems(250, 0.25), []);
    assert.deepEqual(problems(24_000, undefined), []);
    assert.deepEqual(problemsOf({ deadlineHours: 1e6 }), []);
    assert.deepEqual(problems(250.1, 0.25), [
      'approval.reminders.everyHours: expected at most 1000 reminders until the deadline, since the history of ' +
        'a workflow is limited; 250.1 hours by 0.25 are 1001: remind less often, or set an earlier ' +
        'approval.deadlineHours',
    ]);
    assert.match(problems(24_001, undefined)[0] ?? '', /24001 hours by 24 are 1001/);
    // Found beside what is wrong with the list of approvers.
    assert.equal(
      problemsOf({ approvers: 7, deadlineHours: 1001, reminders: { url, everyHours: 1 } }).length,
      2,
    );
    for (const [deadlineHours, everyHours] of [
      ['long', 0.25],
      [1e6, 0],
      [1e6, 'often'],
    ]) {
      assert.equal(problems(deadlineHours, everyHours).length, 1, 'said once, by its own section');
    }
  });
});
