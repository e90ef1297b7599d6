import { z } from 'zod';
import { DEFAULT_REDACTION_POLICY, REDACTION_ACTIONS } from '../domain/personal-data.js';
import { numberedRegions } from '../personal-data/numbering-plans.js';

const REGION_RULE = 'expected a country in two capitals (ISO 3166-1), such as US or DE';
const { phoneRegions, types } = DEFAULT_REDACTION_POLICY;
const regions: ReadonlySet<string> = new Set(numberedRegions());

function action(type: keyof typeof types, what: string): z.ZodDefault<z.ZodEnum<Actions>> {
  return z.enum(REDACTION_ACTIONS).default(types[type]).describe(what);
}

type Actions = { readonly [Action in (typeof REDACTION_ACTIONS)[number]]: Action };

/** The `redaction` section. */
export const redaction = z
  .strictObject({
    phoneRegions: z
      .array(
        z
          .string()
          .regex(/^[A-Z]{2}$/, { error: REGION_RULE })
          .refine((region) => regions.has(region), { error: REGION_RULE }),
      )
      .default([...phoneRegions])
      .describe("Countries whose phone numbers may stand without their country's code."),
    types: z
      .strictObject({
        email: action('email', 'E-mail addresses.'),
        phone: action('phone', 'Phone numbers.'),
        card: action('card', 'Payment cards, by issuer and check digit.'),
        iban: action('iban', 'International bank account numbers, by their check digits.'),
        identity: action('identity', 'National identity, tax and insurance numbers.'),
        ip: action('ip', 'IPv4 and IPv6 addresses.'),
        mac: action('mac', 'Hardware addresses of network cards.'),
        token: action('token', 'What gives access in web addresses: passwords, signatures, keys.'),
        key: action('key', 'API keys, private keys, and passwords that are named as such.'),
        wallet: action('wallet', 'Addresses of crypto wallets.'),
        name: action('name', 'Names behind titles, salutations and the like: most are not found.'),
        address: action('address', 'Streets with house numbers and boxes: most are not found.'),
      })
      .prefault({})
      .describe('What is done with each type: mask it, keep it, or drop the record that holds it.'),
  })
  .prefault({})
  .describe('Personal data and secrets, and what is done with them before anything is written.');
