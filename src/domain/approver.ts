/** Somebody who may decide: a bare name is a claim, a name with a key has to be proved by a signature. */
export interface Approver {
  readonly name: string;
  /** `ed25519:` and the 32 bytes of the key in base64url; `null` for a bare name. */
  readonly publicKey: string | null;
}

/** An approver as the configuration writes one. */
export type ConfiguredApprover = string | { readonly name: string; readonly publicKey: string };

/** Whether decisions prove who made them: names are `claims` unless approvers have keys. */
export type Identities = 'claims' | 'signed';

export const PUBLIC_KEY_PREFIX = 'ed25519:';

/** 32 bytes in base64url; the last digit holds four bits of them, and its other two are 0. */
export const PUBLIC_KEY = /^ed25519:[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/** The configuration's approvers in one shape. */
export function approversOf(configured: readonly ConfiguredApprover[]): readonly Approver[] {
  return configured.map((one) => (typeof one === 'string' ? { name: one, publicKey: null } : one));
}

/** Signed as soon as an approver has a key: then an unsigned decision counts for nobody. */
export function identitiesOf(configured: readonly ConfiguredApprover[]): Identities {
  return approversOf(configured).some(({ publicKey }) => publicKey !== null) ? 'signed' : 'claims';
}

/** What a screen says of the names that it shows. */
export function identitiesSentence(identities: Identities): string {
  switch (identities) {
    case 'signed':
      return 'identities are proved: each decision is signed with the key of an approver';
    case 'claims':
      return 'identities are claims: no approver has a key in the configuration, and Temporal proves no name';
  }
}
