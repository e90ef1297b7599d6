import { z } from 'zod';

/** What names may be made of: they become parts of keys and of workflow ids. */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** How the rule for names is told. */
export const NAME_RULE =
  'expected letters, digits, ".", "_" and "-", at most 64, beginning with a letter or digit';

/** A number from 0 to 1 with its meaning. */
export function share(meaning: string): z.ZodNumber {
  return z.number().min(0).max(1).describe(meaning);
}
