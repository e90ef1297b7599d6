/** What the redactor tells apart. A placeholder is the type in capitals with a number: `[EMAIL_1]`. */
export const PERSONAL_DATA_TYPES = [
  'email',
  'phone',
  'card',
  'iban',
  'identity',
  'ip',
  'mac',
  'token',
  'key',
  'wallet',
  'name',
  'address',
] as const;

export type PersonalDataType = (typeof PERSONAL_DATA_TYPES)[number];

/** What is done where a type is found: a placeholder in its place, nothing, or no record at all. */
export const REDACTION_ACTIONS = ['mask', 'keep', 'drop'] as const;

export type RedactionAction = (typeof REDACTION_ACTIONS)[number];

/** What is redacted, and how. */
export interface RedactionPolicy {
  /** ISO 3166-1 codes of the countries whose phone numbers may stand without a country's code. */
  readonly phoneRegions: readonly string[];
  readonly types: Readonly<Record<PersonalDataType, RedactionAction>>;
}

/** Names and addresses are left alone: rules find too few of them, and too much beside them. */
export const DEFAULT_REDACTION_POLICY: RedactionPolicy = {
  phoneRegions: ['US'],
  types: {
    email: 'mask',
    phone: 'mask',
    card: 'mask',
    iban: 'mask',
    identity: 'mask',
    ip: 'mask',
    mac: 'mask',
    token: 'mask',
    key: 'mask',
    wallet: 'mask',
    name: 'keep',
    address: 'keep',
  },
};
