import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { shapeProblem, statementOf } from '../../src/domain/approval.js';
import { canonicalJson } from '../../src/domain/json.js';
import type { DecisionStatement, SignedDecision } from '../../src/domain/promotion.js';
import {
  isSignedBy,
  parsePrivateKey,
  publicKeyText,
  signDecision,
} from '../../src/promotion/decision-signature.js';
import { statement, testApprover, testKey } from '../support/approvers.js';

const ana = testApprover('ana', 1);
const { publicKey } = ana.configured;

/** What the workflow and the activity make of bytes that were sent: parsed, looked at, verified. */
function isAccepted(bytes: Uint8Array, key: string): boolean {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return false;
  }
  return shapeProblem(parsed) === null && isSignedBy(parsed as SignedDecision, key);
}

describe('a signed decision', () => {
  test('is verified with the key it was signed with, and with no other', () => {
    const signed = signDecision(statement(), ana.key);
    assert.ok(isSignedBy(signed, publicKey));
    assert.ok(!isSignedBy(signed, testApprover('ben', 2).configured.publicKey));
  });

  test('says the same in any order of its fields', () => {
    const signed = signDecision(statement(), ana.key);
    const turned = Object.fromEntries(Object.entries(signed).reverse()) as unknown;
    assert.ok(isSignedBy(turned as SignedDecision, publicKey));
  });

  test('is refused when any of its fields is another', () => {
    const signed = signDecision(statement(), ana.key);
    const changes: Partial<Record<keyof DecisionStatement, unknown>> = {
      domain: 'holdfast/decision/v2',
      model: 'other',
      decision: 'reject',
      candidate: 'ft:c',
      champion: 'ft:z',
      championVersion: 2,
      evidence: 'f'.repeat(64),
      approver: 'ben',
      reason: 'read it',
      expires: '2027-02-16T07:00:00.000Z',
      nonce: 'f'.repeat(32),
    };
    assert.deepEqual(Object.keys(changes).sort(), Object.keys(statement()).sort());
    for (const [name, value] of Object.entries(changes)) {
      const altered = { ...signed, [name]: value } as SignedDecision;
      assert.ok(!isSignedBy(altered, publicKey), name);
    }
  });

  test('is refused with any byte altered, whatever its texts', () => {
    const decisions = fc.record({ reason: fc.string({ minLength: 1 }), approver: fc.string() });
    const alterations = fc.record({ at: fc.nat(), by: fc.integer({ min: 1, max: 255 }) });
    fc.assert(
      fc.property(decisions, alterations, (texts, { at, by }) => {
        const said = statement({ reason: `x${texts.reason}`, approver: `x${texts.approver}` });
        const bytes = Buffer.from(JSON.stringify(signDecision(said, ana.key)));
        assert.ok(isAccepted(bytes, publicKey));
        const place = at % bytes.length;
        bytes[place] = (bytes[place] ?? 0) ^ by;
        assert.ok(!isAccepted(bytes, publicKey), `byte ${place}`);
      }),
      { numRuns: 2_000 },
    );
  });

  test('is refused with every single bit of one decision turned', () => {
    const bytes = Buffer.from(JSON.stringify(signDecision(statement(), ana.key)));
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const altered = Buffer.from(bytes);
      const place = bit >> 3;
      altered[place] = (altered[place] ?? 0) ^ (1 << (bit & 7));
      assert.ok(!isAccepted(altered, publicKey), `bit ${bit}`);
    }
  });

  test('is what the reference implementation of RFC 8032 signs over canonical JSON', () => {
    // Recorded from the Python of RFC 8032, section 6, over `json.dumps` with sorted keys and no spaces.
    const recorded =
      'fgiqZjN0UO6Q2vkB8jL8p-ygWVYvRwk0AwsjXgk2ozdM59Bs6z5tyE9x0qRhXnEeYmPgPGJ9xOPoCn2E6MFCBQ';
    const said = statement({
      reason: 'gelesen \u201cganz\u201d: gr\u00fc\u00dfe \u{1f44d}\n\t"\\',
    });
    assert.equal(signDecision(said, ana.key).signature, recorded);
    assert.ok(isSignedBy({ ...said, signature: recorded }, publicKey));
    assert.deepEqual(statementOf({ ...said, signature: recorded }), said);
  });
});

describe('a key', () => {
  test('is the first of RFC 8032, section 7.1, where its seed is', () => {
    const seed = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
    const der = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex').toString('base64');
    const key = parsePrivateKey(
      `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`,
      'a file',
    );
    const expected = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';
    const text = publicKeyText(key);
    assert.equal(text, `ed25519:${Buffer.from(expected, 'hex').toString('base64url')}`);
    const x = text.slice('ed25519:'.length);
    const jwk = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    const signed = signDecision(statement(), key);
    const signature = Buffer.from(signed.signature, 'base64url');
    assert.ok(verify(null, Buffer.from(canonicalJson(statement())), jwk, signature));
  });

  test('that is none is refused without a word of what the file holds', () => {
    for (const text of [
      '',
      'planted-secret',
      testKey(3).export({ type: 'pkcs8', format: 'pem' }),
    ]) {
      const broken = String(text).replace('MC4', 'MC5');
      assert.throws(
        () => parsePrivateKey(broken, 'ana.pem'),
        (error: Error) =>
          /ana\.pem holds no Ed25519 private key/.test(error.message) &&
          !error.message.includes('planted'),
      );
    }
  });
});
