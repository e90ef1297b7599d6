import metadata from 'libphonenumber-js/max/metadata';

/** What a country's phone numbers look like. */
export interface NumberingPlan {
  readonly callingCode: string;
  /** Digits of a number without the country's code and the national prefix. */
  readonly lengths: ReadonlySet<number>;
  /** What is dialled before a number within the country, such as `0`; `''` where nothing is. */
  readonly nationalPrefix: string;
  /** Whether digits without prefixes are a number that the country gives out. */
  isValid(nationalDigits: string): boolean;
}

/**
 * Places in a country's entry (libphonenumber-js METADATA.md, version 4). The plans are compiled here, once
 * each: the library compiles patterns anew for every number, which takes it some 50 microseconds.
 */
const CALLING_CODE = 0;
const PATTERN = 2;
const LENGTHS = 3;
const NATIONAL_PREFIX = 5;
const TYPES = 11;

const plans = new Map<string, NumberingPlan>();
const plansByCode = new Map<string, readonly NumberingPlan[]>();
const countries = metadata.countries as unknown as Readonly<Record<string, readonly unknown[]>>;
const callingCodes = metadata.country_calling_codes as Readonly<
  Record<string, readonly string[] | undefined>
>;

/** ISO 3166-1 codes of the countries that have a numbering plan. */
export function numberedRegions(): readonly string[] {
  return Object.keys(countries).filter((region) => /^[A-Z]{2}$/.test(region));
}

/** The plan of a country, or `null` where it has none. */
export function numberingPlan(region: string): NumberingPlan | null {
  const known = plans.get(region);
  if (known !== undefined) return known;
  const entry = countries[region];
  if (entry === undefined) return null;
  const plan = compile(entry);
  plans.set(region, plan);
  return plan;
}

/** The plans of the countries whose code an international number begins with, and the digits behind it. */
export function internationalPlans(
  digits: string,
): { readonly plans: readonly NumberingPlan[]; readonly national: string } | null {
  for (let length = 1; length <= 3; length += 1) {
    const found = plansOfCode(digits.slice(0, length));
    if (found !== null) return { plans: found, national: digits.slice(length) };
  }
  return null;
}

function plansOfCode(callingCode: string): readonly NumberingPlan[] | null {
  const known = plansByCode.get(callingCode);
  if (known !== undefined) return known;
  const regions = callingCodes[callingCode];
  if (regions === undefined) return null;
  const found = regions.flatMap((region) => numberingPlan(region) ?? []);
  plansByCode.set(callingCode, found);
  return found;
}

function compile(entry: readonly unknown[]): NumberingPlan {
  const types = (entry[TYPES] ?? []) as readonly (readonly [string?] | 0)[];
  const patterns = types.flatMap((type) => (type === 0 || !type[0] ? [] : [type[0]]));
  const source = patterns.length > 0 ? patterns.join('|') : String(entry[PATTERN]);
  const pattern = new RegExp(`^(?:${source})$`);
  const nationalPrefix = entry[NATIONAL_PREFIX];
  return {
    callingCode: String(entry[CALLING_CODE]),
    lengths: new Set(entry[LENGTHS] as readonly number[]),
    nationalPrefix: typeof nationalPrefix === 'string' ? nationalPrefix : '',
    isValid: (digits) => pattern.test(digits),
  };
}
