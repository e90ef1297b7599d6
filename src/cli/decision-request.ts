import type { KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { approverKeyFile, type Environment } from '../config/environment.js';
import { approversOf, identitiesOf } from '../domain/approver.js';
import type { Configuration } from '../domain/configuration.js';
import { ConfigError } from '../domain/errors.js';
import {
  DECISION_DOMAIN,
  type ApprovalRequest,
  type DecisionRequest,
  type PromotionSubject,
} from '../domain/promotion.js';
import { parsePrivateKey, publicKeyText, signDecision } from '../promotion/decision-signature.js';

const HOUR_MS = 3_600_000;
/** Bits that let others than the owner read, write or search a file. */
const OTHERS = 0o077;

/** What a person decides, before it is bound to anything. */
export interface Intention {
  readonly decision: ApprovalRequest['decision'];
  readonly approver: string;
  readonly reason: string;
  /** Digest of the evidence that was looked at. */
  readonly evidence: string;
}

/** What a decision is signed with, and until when it may be sent. */
export interface Signing {
  readonly key: KeyObject;
  readonly validHours: number;
  readonly now: Date;
  /** 32 hexadecimal digits, drawn at random. */
  readonly nonce: string;
}

/** The one JSON object of a decision, signed where there is a key. */
export function decisionRequest(
  subject: PromotionSubject,
  { decision, approver, reason, evidence }: Intention,
  signing: Signing | null,
): DecisionRequest {
  const { candidate, champion, championVersion, model } = subject;
  const request: ApprovalRequest = { decision, candidate, evidence, champion, approver, reason };
  if (signing === null) return request;
  const expires = new Date(signing.now.getTime() + signing.validHours * HOUR_MS).toISOString();
  const { key, nonce } = signing;
  const bound = { domain: DECISION_DOMAIN, model, championVersion, expires, nonce } as const;
  return signDecision({ ...request, ...bound }, key);
}

/**
 * The key to sign with: the file that was named, or that `HOLDFAST_APPROVER_KEY` names; `null` where none is
 * named and the configuration asks for none.
 * @throws ConfigError where one is needed and not there, or where others can read it
 */
export async function signingKey(
  named: string | undefined,
  { approval }: Configuration,
  environment: Environment,
): Promise<KeyObject | null> {
  const file = named ?? approverKeyFile(environment);
  if (file !== null) return readKey(file);
  if (identitiesOf(approval.approvers) === 'claims') return null;
  throw new ConfigError(
    'approvers have keys in the configuration, so a decision has to be signed: name your key with --key FILE ' +
      'or HOLDFAST_APPROVER_KEY; `holdfast keys new FILE` makes one',
  );
}

/** The approver whose key it is, by the configuration. */
export function nameOfKey(key: KeyObject | null, { approval }: Configuration): string | undefined {
  if (key === null) return undefined;
  const publicKey = publicKeyText(key);
  return approversOf(approval.approvers).find((one) => one.publicKey === publicKey)?.name;
}

async function readKey(file: string): Promise<KeyObject> {
  let pem: string;
  try {
    const { mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
      throw new ConfigError(`${file} can be read by others than you: \`chmod 600 ${file}\``);
    }
    pem = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`the key file ${file} cannot be read`, { cause: error });
  }
  return parsePrivateKey(pem, file);
}
