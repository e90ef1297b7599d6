import assert from 'node:assert/strict';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { PUBLIC_KEY } from '../../src/domain/approver.js';
import {
  isSignedBy,
  parsePrivateKey,
  signDecision,
} from '../../src/promotion/decision-signature.js';
import { signingKey } from '../../src/cli/decision-request.js';
import { parseConfiguration } from '../../src/config/schema.js';
import { statement } from '../support/approvers.js';
import { runHoldfast } from '../support/cli.js';
import { temporaryFolder } from '../support/folders.js';
import { repositoryRoot } from '../support/paths.js';

const minimal = join(repositoryRoot, 'test', 'fixtures', 'config', 'minimal.yaml');

describe('holdfast keys new', () => {
  test('writes a key that only its owner reads, and prints the lines that the configuration takes', async () => {
    const file = join(await temporaryFolder(), 'ana.pem');
    const { code, out, err } = await runHoldfast(['keys', 'new', file, '--name', 'ana']);
    assert.equal(code, 0, err);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const pem = readFileSync(file, 'utf8');
    assert.ok(!out.includes('PRIVATE') && !err.includes('PRIVATE'));
    const approval = parse(`approvers:\n${out}`) as { readonly approvers: readonly object[] };
    const document = parse(readFileSync(minimal, 'utf8')) as object;
    const [approver] = parseConfiguration({ ...document, approval }).approval.approvers;
    assert.ok(typeof approver === 'object');
    assert.equal(approver.name, 'ana');
    assert.match(approver.publicKey, PUBLIC_KEY);
    const signed = signDecision(statement(), parsePrivateKey(pem, file));
    assert.ok(isSignedBy(signed, approver.publicKey));
  });

  test('writes over no file, and makes another key each time', async () => {
    const folder = await temporaryFolder();
    const made = await Promise.all(
      ['a', 'b'].map((name) =>
        runHoldfast(['keys', 'new', join(folder, name), '--name', 'ana', '--json']),
      ),
    );
    const [one, other] = made.map(
      ({ out }) => (JSON.parse(out) as { publicKey: string }).publicKey,
    );
    assert.notEqual(one, other);
    const before = readFileSync(join(folder, 'a'), 'utf8');
    const again = await runHoldfast(['keys', 'new', join(folder, 'a'), '--name', 'ana']);
    assert.equal(again.code, 2);
    assert.match(again.err, /is there already; a key is never written over/);
    assert.equal(readFileSync(join(folder, 'a'), 'utf8'), before);
  });
});

describe('a key file', () => {
  test('that others can read is refused, and so is a missing one where approvers have keys', async () => {
    const file = join(await temporaryFolder(), 'ana.pem');
    const { out } = await runHoldfast(['keys', 'new', file, '--name', 'ana']);
    const document = parse(readFileSync(minimal, 'utf8')) as object;
    const approval = parse(`approvers:\n${out}`) as object;
    const keyed = parseConfiguration({ ...document, approval });
    const open = parseConfiguration(document);
    assert.ok((await signingKey(file, keyed, {})) !== null);
    assert.ok((await signingKey(undefined, keyed, { HOLDFAST_APPROVER_KEY: file })) !== null);
    assert.equal(await signingKey(undefined, open, {}), null);
    await assert.rejects(signingKey(undefined, keyed, {}), /has to be signed: name your key/);
    await assert.rejects(signingKey(`${file}.no`, keyed, {}), /cannot be read/);
    chmodSync(file, 0o640);
    await assert.rejects(signingKey(file, keyed, {}), /can be read by others than you: `chmod 600/);
  });
});
