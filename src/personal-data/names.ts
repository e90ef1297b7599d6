import { type Detector, type Found, GUESSED } from './detector.js';

/** A part of a name: `Anna`, `O’Brien`, `Jean-Luc`, `J.`; parts in lower case only within. */
const PART = String.raw`\p{Lu}[\p{L}\p{M}'’-]{1,30}|\p{Lu}\.`;
const PARTICLE = '(?:van der|van den|van|von|de la|de|del|della|di|da|dos|bin|al|le|la)';
const NAME = String.raw`(?:${PART})(?:[ ](?:${PARTICLE} )?(?:${PART})){0,3}`;
const FULL_NAME = String.raw`(?:${PART})(?:[ ](?:${PARTICLE} )?(?:${PART})){1,3}`;
const START = String.raw`(?<![\p{L}\p{N}_])`;

/** What a name stands behind; the name is the group. */
const RULES: readonly RegExp[] = [
  new RegExp(
    String.raw`${START}(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Herr|Frau|Mme|Mlle|Señor|Señora|Sra?|Sir|Madam|Rev|Capt|Sgt)\.? {1,2}(${NAME})`,
    'dgu',
  ),
  new RegExp(
    String.raw`${START}(?:[Mm]y name is|[Mm]y name's|[Ii]ch hei(?:ß|ss)e|[Mm]e llamo|[Jj]e m'appelle|[Mm]i chiamo) (${NAME})`,
    'dgu',
  ),
  new RegExp(String.raw`${START}(?:I am|I'm|I’m|[Tt]his is|[Ii]t's) (${FULL_NAME})`, 'dgu'),
  new RegExp(
    String.raw`(?:^|\n)[ \t]{0,4}(?:[Ff]ull |[Ff]irst |[Ll]ast |[Cc]ustomer |[Cc]ontact )?[Nn]ame[ \t]{0,2}[:=][ \t]{0,2}(${NAME})`,
    'dgu',
  ),
  new RegExp(
    String.raw`(?:^|\n)(?:Dear|Hi|Hello|Hey|Liebe[r]?|Hallo|Cher|Chère|Estimad[oa]) (${NAME})(?=[,!:\n])`,
    'dgu',
  ),
  new RegExp(
    String.raw`(?:^|\n)(?:(?:[Kk]ind|[Bb]est|[Ww]arm) )?(?:[Rr]egards|[Ss]incerely|[Cc]heers|[Tt]hanks|[Tt]hank you|Best|Yours|Yours sincerely)[,.!]?[ \t]{0,2}\r?\n(?:\r?\n)?(${NAME})(?=[ \t]{0,2}(?:\r?\n|$))`,
    'dgu',
  ),
];

/** Finds names behind titles, introductions, salutations and greetings. A rule of thumb, off by default. */
export const names: Detector = {
  types: ['name'],
  detect(text, _marks, found: Found) {
    for (const rule of RULES) {
      rule.lastIndex = 0;
      for (let match = rule.exec(text); match !== null; match = rule.exec(text)) {
        const [start, end] = match.indices?.[1] ?? [0, 0];
        found('name', start, end, GUESSED);
      }
    }
  },
};
