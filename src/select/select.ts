import type { Books } from '../domain/books.js';
import { assertBalanced, count } from '../domain/books.js';
import type { LanguageOf } from '../domain/quality.js';
import type { Example } from '../domain/record.js';
import { promptText } from '../domain/record.js';
import type { PlacedRecord } from './examples.js';
import { holdoutExample, trainExamples } from './examples.js';
import { countTurns } from '../domain/turn-notes.js';
import type { SelectPolicy } from './weigh.js';
import { createWeigher, trainableTurns } from './weigh.js';

/** What selection is given beside the policy. */
export interface SelectTools {
  readonly digestOf: (value: unknown) => string;
  /** Whether a prompt has anything that contamination could be found by. */
  readonly matchable: (prompt: string) => boolean;
  readonly languageOf: LanguageOf;
}

export interface Selection {
  readonly train: readonly Example[];
  /** Holdout samples stay on their side whatever they lack; `answer` is `null` where no reference is known. */
  readonly holdout: readonly Example[];
  /** Holdout records with nothing to match on. */
  readonly unmatchable: readonly string[];
  readonly books: Books;
}

/** The note of how many examples there are beside one of each record, see `trainExamples`. */
export const FURTHER_EXAMPLES = 'corrected-turn-apart';

/**
 * Decides what can be an example and what its label is. A record is kept where any of its answers can be learnt
 * from. A holdout sample is made from the last one alone: a record with nothing to match on is quarantined, one
 * whose answer could be no example has no reference.
 */
export function selectExamples(
  placed: readonly PlacedRecord[],
  policy: SelectPolicy,
  window: string,
  tools: SelectTools,
): Selection {
  const train: Example[] = [];
  const holdout: Example[] = [];
  const unmatchable: string[] = [];
  const dropped: Record<string, number> = {};
  const notes: Record<string, number> = {};
  const weigh = createWeigher(policy, tools.languageOf);
  const options = { policy, window, digestOf: tools.digestOf };
  let learnt = 0;
  for (const item of placed) {
    const turns = weigh(item.record);
    if (item.side === 'holdout') {
      const prompt = promptText(item.record.messages);
      if (prompt.trim() === '' || !tools.matchable(prompt)) unmatchable.push(item.record.id);
      else {
        const { example, lost } = holdoutExample(item, turns, options);
        if (lost !== null) count(notes, `no-reference-${lost}`);
        holdout.push(example);
      }
      continue;
    }
    const { examples, reason } = trainExamples(item, trainableTurns(turns, policy), options);
    if (reason !== null) count(dropped, reason);
    else learnt += 1;
    train.push(...examples);
  }
  if (train.length > learnt) count(notes, FURTHER_EXAMPLES, train.length - learnt);
  countTurns(train, notes);
  const books = assertBalanced({
    stage: 'select',
    read: placed.length,
    kept: learnt + holdout.length,
    dropped,
    quarantined: unmatchable.length > 0 ? { unmatchable: unmatchable.length } : {},
    deferred: 0,
    notes,
  });
  return { train, holdout, unmatchable, books };
}
