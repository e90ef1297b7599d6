import { createPrivateKey, type KeyObject } from 'node:crypto';
import { DECISION_DOMAIN, type DecisionStatement } from '../../src/domain/promotion.js';
import { publicKeyText } from '../../src/promotion/decision-signature.js';

/** The bytes before the 32 of the key in a PKCS #8 file of Ed25519 (RFC 8410, section 7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A key that is the same in every run, made of one number. */
export function testKey(seed: number): KeyObject {
  const der = Buffer.concat([PKCS8_HEAD, Buffer.alloc(32, seed)]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

/** An approver as the configuration names one, with the key that it goes with. */
export interface TestApprover {
  readonly name: string;
  readonly key: KeyObject;
  readonly configured: { readonly name: string; readonly publicKey: string };
}

export function testApprover(name: string, seed: number): TestApprover {
  const key = testKey(seed);
  return { name, key, configured: { name, publicKey: publicKeyText(key) } };
}

/** A statement about nothing in particular, with changes. */
export function statement(changes: Partial<DecisionStatement> = {}): DecisionStatement {
  return {
    domain: DECISION_DOMAIN,
    model: 'triage',
    decision: 'approve',
    candidate: 'ft:b',
    champion: 'ft:a',
    championVersion: 1,
    evidence: 'e'.repeat(64),
    approver: 'ana',
    reason: 'read the report',
    expires: '2026-02-16T07:00:00.000Z',
    nonce: '0123456789abcdef0123456789abcdef',
    ...changes,
  };
}
