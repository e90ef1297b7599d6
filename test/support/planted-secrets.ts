import type { PersonalDataType } from '../../src/domain/personal-data.js';

/** A secret of a type that is masked by default, with the words that it is written in. */
export interface PlantedSecret {
  readonly type: PersonalDataType;
  readonly secret: string;
  readonly sentence: string;
}

function planted(type: PersonalDataType, secret: string, words = '%'): PlantedSecret {
  return { type, secret, sentence: words.replace('%', () => secret) };
}

/** Keys are put together from pieces, so that no scanner of secrets takes this file for a leak. */
export const PLANTED_SECRETS: readonly PlantedSecret[] = [
  planted('email', 'planted.person@example.org', 'write to % today'),
  planted('email', 'planted.other%40example.org', 'https://a.example/?to=%'),
  planted('phone', '+44 7700 900123', 'or ring %'),
  planted('phone', '(212) 555-0143', 'or %'),
  planted('phone', '467 3395', 'phone: %'),
  planted('card', '4111 1111 1111 1111', 'card %'),
  planted('iban', 'GB29 NWBK 6016 1331 9268 19', 'pay to %'),
  planted('identity', '078-05-1120', 'my number %'),
  planted('identity', 'RSSMRA85T10A562S', 'codice %'),
  planted('ip', '203.0.113.77', 'from %'),
  planted('ip', '2001:db8::8a2e:370:7334', 'and %'),
  planted('mac', '00:1a:2b:3c:4d:5e', 'card at %'),
  planted('token', 'plantedpassword77', 'postgres://app:%@db.example.org/main'),
  planted('token', 'f00dfacef00dfacef00dface', 'https://a.example/x?sig=%&y=1'),
  planted('key', ['sk', 'planted0secret0planted0secret'].join('-'), 'use %'),
  planted('key', ['ghp', 'plantedSecret0plantedSecret0plantedSe'].join('_'), 'or %'),
  planted('key', `AK${'IAPLANTEDSECRET0KE'}`, 'or %'),
  planted('key', 'hunter2planted', 'password: %'),
  planted(
    'key',
    'cGxhbnRlZHBsYW50ZWRwbGFudGVkMDAwMDAw',
    `-----BEGIN ${'PRIVATE KEY'}-----\n%\n-----END ${'PRIVATE KEY'}-----`,
  ),
  planted('wallet', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', 'send to %'),
];
