import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { statementOf } from '../domain/approval.js';
import { PUBLIC_KEY, PUBLIC_KEY_PREFIX } from '../domain/approver.js';
import { ConfigError } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import type { DecisionStatement, SignedDecision } from '../domain/promotion.js';

/**
 * Signs a statement with Ed25519 (RFC 8032, the pure variant) over its canonical JSON in UTF-8.
 * @throws TypeError where the key is not an Ed25519 key
 */
export function signDecision(statement: DecisionStatement, privateKey: KeyObject): SignedDecision {
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new TypeError('no Ed25519 key');
  const signature = sign(null, messageOf(statement), privateKey).toString('base64url');
  return { ...statement, signature };
}

/** Whether a decision carries the signature of the holder of `publicKey`, over just what it says. */
export function isSignedBy(decision: SignedDecision, publicKey: string): boolean {
  const signature = Buffer.from(decision.signature, 'base64url');
  return verify(null, messageOf(statementOf(decision)), publicKeyOf(publicKey), signature);
}

/** The bytes that are signed. */
function messageOf(statement: DecisionStatement): Buffer {
  return Buffer.from(canonicalJson(statement));
}

/** A public key as it stands in the configuration. */
export function publicKeyText(privateKey: KeyObject): string {
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  return PUBLIC_KEY_PREFIX + x;
}

/**
 * A private key from the text of a key file (PKCS #8, PEM).
 * @throws ConfigError where it is none of Ed25519; nothing of the text is told
 */
export function parsePrivateKey(pem: string, place: string): KeyObject {
  let key: KeyObject | null = null;
  try {
    key = createPrivateKey(pem);
  } catch {
    // Told below: the library's message may quote what it was given.
  }
  if (key?.asymmetricKeyType === 'ed25519') return key;
  throw new ConfigError(
    `${place} holds no Ed25519 private key; \`holdfast keys new FILE --name NAME\` makes one`,
  );
}

function publicKeyOf(text: string): KeyObject {
  if (!PUBLIC_KEY.test(text)) throw new TypeError('no public key as the configuration holds them');
  const x = text.slice(PUBLIC_KEY_PREFIX.length);
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}
