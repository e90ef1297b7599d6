import { readFileSync } from 'node:fs';
import type { PersonalDataType } from '../../../src/domain/personal-data.js';
import type { LabelledText } from './accuracy.js';

/** The set of presidio-research, below the public data. */
export const PRESIDIO_SET = 'presidio/data/synth_dataset_v2.json';

/** What presidio's labels are called here. */
export const PRESIDIO_LABELS: Readonly<Partial<Record<PersonalDataType, string>>> = {
  email: 'EMAIL_ADDRESS',
  phone: 'PHONE_NUMBER',
  card: 'CREDIT_CARD',
  iban: 'IBAN_CODE',
  ip: 'IP_ADDRESS',
  identity: 'US_SSN',
  name: 'PERSON',
  address: 'STREET_ADDRESS',
};

interface Labelled {
  readonly full_text: string;
  readonly spans: readonly {
    readonly entity_type: string;
    readonly start_position: number;
    readonly end_position: number;
  }[];
}

/** The set's texts with the spans of one type; its places count code points, these UTF-16 units. */
export function presidioTexts(path: string, type: PersonalDataType): readonly LabelledText[] {
  const messages = JSON.parse(readFileSync(path, 'utf8')) as readonly Labelled[];
  return messages.map(({ full_text: text, spans }) => {
    const points = [...text];
    const unitOf = (point: number): number => points.slice(0, point).join('').length;
    return {
      text,
      spans: spans
        .filter(({ entity_type: label }) => label === PRESIDIO_LABELS[type])
        .map(({ start_position: start, end_position: end }) => ({
          start: unitOf(start),
          end: unitOf(end),
        })),
    };
  });
}
