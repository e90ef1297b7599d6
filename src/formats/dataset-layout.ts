import { isBesides } from './dataset-besides.js';
import { otherTextsOf } from './dataset-others.js';
import { readDatasetText } from './dataset-row.js';

/** Where a row of plain members has what a command takes: numbers of its members. */
export interface RowLayout {
  /** The one text that is the prompt, of a row that holds no answer. */
  readonly prompt: number;
  /** `null` where the row has no id. */
  readonly id: number | null;
  /** The texts beside the prompt, of those that `otherTextsOf` takes. */
  readonly others: readonly number[];
}

/**
 * The layout of all rows with one skeleton: of each member in their order its key, a quote and the kind of its
 * value (`s` a text, `e` an empty one, `n` a number, `t`, `f`, `z` true, false and null), as in `id"ntext"s`.
 * It is found by reading a row with a mark for each value, since what `readDatasetText` takes depends on keys
 * and kinds alone.
 * @returns `null` where such rows have to be read one by one: more than a prompt is taken of them, or no text, or
 * something stands beside it that tells rows apart.
 */
export function layoutOf(skeleton: string, fields: readonly string[] | null): RowLayout | null {
  const members = membersOf(skeleton);
  if (new Set(members.map(({ key }) => key)).size < members.length) return null;
  if (fields === null && members.some(({ key, kind }) => isBesides(key) && !/[ez]/u.test(kind))) {
    return null;
  }
  const marks = members.map(({ kind }, number) => markFor(kind, number));
  const json = members.map(({ key }, number) => `"${key}":${JSON.stringify(marks[number])}`);
  const row = JSON.parse(`{${json.join(',')}}`) as Readonly<Record<string, unknown>>;
  const found = readDatasetText(row, fields);
  const [message] = found?.messages ?? [];
  if (found === null || found.messages.length !== 1 || message === undefined) return null;
  if (message.role !== 'user' || found.answer !== null) return null;
  const prompt = marks.indexOf(message.content);
  if (members[prompt]?.kind !== 's') return null;
  const texts = otherTextsOf(row, fields, [message.content]);
  if (texts.some(({ isTemplate }) => isTemplate)) return null;
  const others = texts.map(({ text }) => marks.indexOf(text));
  return { prompt, id: found.id === null ? null : marks.indexOf(found.id), others };
}

interface Member {
  readonly key: string;
  readonly kind: string;
}

function membersOf(skeleton: string): readonly Member[] {
  return [...skeleton.matchAll(/([^"]*)"([a-z])/gu)].map(([, key = '', kind = '']) => ({
    key,
    kind,
  }));
}

/** A value of a kind that no other member has; only its kind and whether it is empty can matter. */
function markFor(kind: string, number: number): unknown {
  switch (kind) {
    case 's':
      return `mark ${number}`;
    case 'e':
      return '';
    case 'n':
      return number;
    case 'z':
      return null;
    default:
      return kind === 't';
  }
}
