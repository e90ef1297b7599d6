type Row = Readonly<Record<string, unknown>>;

/** A text of a row beside those that are read as prompt, answer and options. */
export interface OtherText {
  /** The column, or the place in a conversation: `messages[2].reasoning_content`. */
  readonly name: string;
  readonly text: string;
  /** Whether it is the same in many rows by its nature: a system prompt, a tool's schema. */
  readonly isTemplate: boolean;
}

const TEMPLATES: readonly string[] = ['system', 'system_prompt', 'tools', 'functions'];
/** Members that name a row, a role or a kind, or hold pictures and sounds. */
const NO_TEXT: readonly string[] = [
  ...['role', 'from', 'type', 'tool_call_id', 'image_url', 'input_audio'],
  ...['image', 'images', 'audio', 'audios', 'video', 'videos'],
];
const CALLS: readonly string[] = ['tool_calls', 'toolCalls', 'function_call'];

/**
 * Every text that a trainer could take of a row and that is none of `known`, the texts that are read of it already:
 * a rejected answer, a reasoning, a `text` beside a `prompt`, whatever its column is called and however deep it
 * lies. Those of one column, or of one member of a message, are joined by line feeds. None where `fields` name the
 * columns to take.
 */
export function otherTextsOf(
  row: Row,
  fields: readonly string[] | null,
  known: readonly string[],
): readonly OtherText[] {
  if (fields !== null) return [];
  const isNew = unlikeAll(known);
  return Object.entries(row).flatMap(([column, value]): OtherText[] => {
    if (column === 'id' || NO_TEXT.includes(column)) return [];
    const isTemplate = TEMPLATES.includes(column);
    return membersOf(column, value).flatMap((member) => {
      const texts = [...new Set(textsIn(member.value))].filter(isNew);
      return texts.length === 0 ? [] : [{ name: member.name, text: texts.join('\n'), isTemplate }];
    });
  });
}

/** A column as it is, or member by member where it is a conversation. */
function membersOf(name: string, value: unknown): { name: string; value: unknown }[] {
  if (!Array.isArray(value) || !value.every(isMessage)) return [{ name, value }];
  return value.flatMap((message, index) =>
    Object.entries(message)
      .filter(([member]) => !NO_TEXT.includes(member) && !CALLS.includes(member))
      .map(([member, own]) => ({ name: `${name}[${index}].${member}`, value: own })),
  );
}

function isMessage(value: unknown): value is Row {
  if (typeof value !== 'object' || value === null) return false;
  const { role, from } = value as Row;
  return typeof role === 'string' || typeof from === 'string';
}

/** The texts in a value, in their order. No recursion: a row may be nested as deep as it is long. */
function* textsIn(value: unknown): Generator<string, void, undefined> {
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === 'string') {
      if (next.trim() !== '') yield next;
    } else if (Array.isArray(next)) {
      for (let index = next.length - 1; index >= 0; index -= 1) open.push(next[index]);
    } else if (typeof next === 'object' && next !== null && !ArrayBuffer.isView(next)) {
      for (const [member, own] of Object.entries(next).reverse()) {
        if (!NO_TEXT.includes(member)) open.push(own);
      }
    }
  }
}

/** Tells texts that are not whole lines of the known ones. */
function unlikeAll(known: readonly string[]): (text: string) => boolean {
  const whole = new Set(known);
  const lines = known.map((text) => `\n${text}\n`);
  return (text) => !whole.has(text) && !lines.some((own) => own.includes(`\n${text}\n`));
}
