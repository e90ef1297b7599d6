import {
  DEFAULT_REDACTION_POLICY,
  PERSONAL_DATA_TYPES,
  type RedactionPolicy,
} from '../../src/domain/personal-data.js';
import { createRedactor, type Redactor } from '../../src/ingest/redaction.js';

/** Of a policy that keeps every type: leaves every text as it is. */
export function idleRedactor(): Redactor {
  const types = Object.fromEntries(PERSONAL_DATA_TYPES.map((type) => [type, 'keep']));
  return createRedactor({
    ...DEFAULT_REDACTION_POLICY,
    types: types as unknown as RedactionPolicy['types'],
  });
}
