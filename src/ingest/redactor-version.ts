import {
  DEFAULT_REDACTION_POLICY,
  PERSONAL_DATA_TYPES,
  type PersonalDataType,
  type RedactionAction,
  type RedactionPolicy,
} from '../domain/personal-data.js';

/** Of the rules and of what a placeholder looks like; it changes with either, and manifests name it. */
export const REDACTOR_VERSION = 'redactor-2';

/**
 * Names what a redactor finds: the rules, types by a sign where the default is otherwise, and regions. Two of one
 * version find the same.
 *
 * `{ types: { ip: 'keep', name: 'mask', … }, phoneRegions: ['GB', 'DE'] }` gives `redactor-2-ip+name@DE,GB`.
 */
export function redactorVersion({ types, phoneRegions }: RedactionPolicy): string {
  const changes = PERSONAL_DATA_TYPES.flatMap((type) => {
    const isKept = types[type] === 'keep';
    if (isKept === isKeptByDefault(type)) return [];
    return isKept ? `-${type}` : `+${type}`;
  });
  const regions = [...phoneRegions].sort().join(',');
  const isDefault = regions === [...DEFAULT_REDACTION_POLICY.phoneRegions].sort().join(',');
  return [REDACTOR_VERSION, ...changes, ...(isDefault ? [] : [`@${regions}`])].join('');
}

/**
 * The policy behind a version, with `mask` for whatever is found; `null` where other rules found it, which can't be
 * applied any more.
 */
export function policyOfVersion(version: string): RedactionPolicy | null {
  const parts = PARTS.exec(version);
  if (parts === null) return null;
  const [, changes = '', regions] = parts;
  const types: Record<PersonalDataType, RedactionAction> = { ...DEFAULT_REDACTION_POLICY.types };
  for (const [, sign, name] of changes.matchAll(/([+-])([a-z]+)/g)) {
    const type = PERSONAL_DATA_TYPES.find((each) => each === name);
    if (type !== undefined) types[type] = sign === '-' ? 'keep' : 'mask';
  }
  const phoneRegions =
    regions === undefined
      ? DEFAULT_REDACTION_POLICY.phoneRegions
      : regions.split(',').filter((region) => region !== '');
  const policy = { types, phoneRegions };
  return redactorVersion(policy) === version ? policy : null;
}

const PARTS = new RegExp(`^${REDACTOR_VERSION}((?:[+-][a-z]+)*)(?:@([A-Z,]*))?$`);

/** The policy that masks whatever one of these masks: texts that went through any of them compare behind it. */
export function unitedPolicy(policies: readonly RedactionPolicy[]): RedactionPolicy {
  const types: Record<PersonalDataType, RedactionAction> = { ...DEFAULT_REDACTION_POLICY.types };
  for (const type of PERSONAL_DATA_TYPES) {
    types[type] = policies.every((policy) => policy.types[type] === 'keep') ? 'keep' : 'mask';
  }
  const regions = new Set(policies.flatMap(({ phoneRegions }) => phoneRegions));
  return { types, phoneRegions: [...regions].sort() };
}

function isKeptByDefault(type: PersonalDataType): boolean {
  return DEFAULT_REDACTION_POLICY.types[type] === 'keep';
}
