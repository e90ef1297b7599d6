import { canonicalMessage } from '../domain/message.js';
import type { Message, Signal, SourcePosition, ToolCall } from '../domain/record.js';
import type { LineSkimmer } from '../formats/skim.js';
import { MARK, NEW_SHAPE } from '../formats/skim.js';
import { UnreadMessage, UnreadText } from '../formats/unread-text.js';
import type { LogLine, PassedLine, RawRecord } from './connector.js';
import { logOf } from './log-of.js';
import type { JsonObject } from './log-row.js';
import { readLogTime } from './log-time.js';

/**
 * Understands rows by their shapes: what a row of some shape means is found once, with marks in the place of the
 * values that were left out, and after that those values are put where their marks came to stand.
 */
export interface RowShapes {
  /** What a line means, or `null` where it has to be read as a whole: its shape is new, or none that this can be said of. */
  read(line: Uint8Array, position: SourcePosition): LogLine | null;
}

/** Takes the marks of messages' texts. */
export interface TextMarks {
  /** The text that a mark stands for; `null` where it is no mark. */
  take(mark: string): UnreadText | null;
}

/** What a row means; of values that were left out it knows the marks, and nothing of it may depend on them. */
export type ReadShape = (row: JsonObject, position: SourcePosition, texts: TextMarks) => unknown;

/** In bytes. */
const LONGEST_SHAPE = 65_536;
/** Times are read and checked, so marks of times are times: the number's millisecond of a year that no log has. */
const TIME_MARKS = Date.parse('9000-01-01T00:00:00.000Z');
const TIME_MARK = '9000-01-01T';
const EXACT_MARK = /^\u007f(\d+)$/;

type Template = (skimmer: LineSkimmer, position: SourcePosition) => LogLine | null;

/** `times` are the names under which times stand. */
export function createRowShapes(
  skimmer: LineSkimmer,
  times: ReadonlySet<string>,
  readShape: ReadShape,
): RowShapes {
  /** By their numbers: shapes that were met once, those that are understood, and `null` for those that can't be. */
  const shapes: ('once' | Template | null)[] = [];

  /** A log has few shapes, or this is of no use to it: where there is no room for more, all are met anew. */
  function keep(): void {
    let number = skimmer.keep();
    if (number === null) {
      skimmer.forget();
      shapes.length = 0;
      number = skimmer.keep();
    }
    if (number !== null) shapes[number] = 'once';
  }

  return {
    read(line, position) {
      const number = skimmer.skim(line);
      if (number === null) return null;
      if (number === NEW_SHAPE) {
        if (skimmer.shapeBytes() <= LONGEST_SHAPE) keep();
        return null;
      }
      let known = shapes[number] ?? null;
      if (known === 'once') {
        known = templateOf(skimmer.shape(), position, times, readShape);
        shapes[number] = known;
      }
      return known === null ? null : known(skimmer, position);
    },
  };
}

function templateOf(
  shape: string,
  position: SourcePosition,
  times: ReadonlySet<string>,
  readShape: ReadShape,
): Template | null {
  if (shape.includes(TIME_MARK)) return null;
  const taken = new Map<UnreadText, number>();
  const texts: TextMarks = {
    take(mark) {
      const value = markOf(mark);
      if (value === null) return null;
      const text = new UnreadText(NO_BYTES, 0, 0, { isAscii: true, isCanonical: true, read });
      taken.set(text, value);
      return text;
    },
  };
  let meaning: LogLine;
  try {
    const given = JSON.parse(shape) as unknown;
    if (Array.isArray(given) || hasTimeOfMarks(given)) return null;
    const row = withTimeMarks(given, '', times) as JsonObject;
    meaning = readShape(row, position, texts) as LogLine;
  } catch {
    // Whatever is wrong with the line is said of it when it is read as a whole.
    return null;
  }
  if (Array.isArray(meaning) || meaning.kind === 'quarantined') return null;
  return meaning.kind === 'passed' ? passedTemplate(meaning) : recordTemplate(meaning, taken);
}

const NO_BYTES = new Uint8Array(0);

function read(): string {
  return '';
}

/** The number of a value, where a text is its mark. */
function markOf(text: unknown): number | null {
  if (typeof text !== 'string' || !text.startsWith(MARK)) return null;
  const exact = EXACT_MARK.exec(text);
  return exact === null ? null : Number(exact[1]);
}

function timeMarkOf(text: string): number | null {
  return text.startsWith(TIME_MARK) ? Date.parse(text) - TIME_MARKS : null;
}

/** Whether a value of a row would be read as a time that a mark might be. */
function hasTimeOfMarks(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) {
    return readLogTime(value)?.startsWith(TIME_MARK) ?? false;
  }
  return Object.values(value).some(hasTimeOfMarks);
}

/** The row with marks of times in the place of marks under their names. */
function withTimeMarks(value: unknown, name: string, times: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => withTimeMarks(item, '', times));
  if (typeof value !== 'object' || value === null) {
    const mark = times.has(name) ? markOf(value) : null;
    return mark === null ? value : new Date(TIME_MARKS + mark).toISOString();
  }
  const members = Object.entries(value).map(
    ([each, member]) => [each, withTimeMarks(member, each, times)] as const,
  );
  return Object.fromEntries(members);
}

function passedTemplate(passed: PassedLine): Template | null {
  if (hasMarks(passed, 0)) return null;
  const { kind, reason } = passed;
  return (_skimmer, position) => ({ kind, position, reason });
}

/** Identifiers that a log has under names of its own. */
const IDENTIFIERS = ['externalId', 'tenant', 'userId', 'conversationId'] as const;

/** `null` where a mark came to stand where none is looked for. */
function recordTemplate(
  record: RawRecord,
  taken: ReadonlyMap<UnreadText, number>,
): Template | null {
  const identifiers = IDENTIFIERS.map((name) => markOf(record[name]));
  const [externalId = null, tenant = null, userId = null, conversationId = null] = identifiers;
  const time = timeMarkOf(record.time);
  const signals = record.signals.map(({ at }) => timeMarkOf(at));
  const messages = record.messages.map((message) => messageTemplate(message, taken));
  const output = messageTemplate(record.output, taken);
  const found = [...identifiers, time, ...signals].filter((mark) => mark !== null).length;
  const inCalls = [output, ...messages].reduce((sum, { marks }) => sum + marks, 0);
  if (hasMarks(record, found + inCalls)) return null;
  return (skimmer, position) => {
    const at = timeOf(time, record.time, skimmer);
    const judged = at === null ? null : signalsOf(skimmer, at);
    if (at === null || judged === null) return null;
    return {
      ...record,
      position,
      log: logOf(position.uri),
      externalId: textOf(externalId, record.externalId, skimmer),
      time: at,
      tenant: textOf(tenant, record.tenant, skimmer),
      userId: textOf(userId, record.userId, skimmer),
      conversationId: textOf(conversationId, record.conversationId, skimmer),
      messages: messages.map(({ make }) => make(skimmer)),
      output: output.make(skimmer),
      signals: judged,
    };
  };

  /** The signals of a line whose own time is `own`; `null` where one of theirs is none. */
  function signalsOf(skimmer: LineSkimmer, own: string): readonly Signal[] | null {
    const judged: Signal[] = [];
    for (let index = 0; index < record.signals.length; index += 1) {
      const signal = record.signals[index];
      if (signal === undefined) continue;
      const mark = signals[index] ?? null;
      const at = mark !== null && mark === time ? own : timeOf(mark, signal.at, skimmer);
      if (at === null) return null;
      judged.push({ ...signal, at });
    }
    return judged;
  }
}

function textOf(
  mark: number | null,
  otherwise: string | null,
  skimmer: LineSkimmer,
): string | null {
  return mark === null ? otherwise : skimmer.textOf(mark);
}

function timeOf(mark: number | null, otherwise: string, skimmer: LineSkimmer): string | null {
  return mark === null ? otherwise : readLogTime(skimmer.textOf(mark));
}

interface MessageTemplate {
  readonly make: (skimmer: LineSkimmer) => Message;
  /** How many marks it has in what it calls and answers. */
  readonly marks: number;
}

/** Makes messages whose texts are not read before they are asked for. */
function messageTemplate(
  message: Message,
  taken: ReadonlyMap<UnreadText, number>,
): MessageTemplate {
  const { role, toolCalls, toolCallId } = message;
  const text = message instanceof UnreadMessage ? taken.get(message.unread) : undefined;
  const answered = markOf(toolCallId);
  const calls = (toolCalls ?? []).map((call) => ({
    ...call,
    idMark: markOf(call.id),
    argumentsMark: markOf(call.arguments),
  }));
  const found = [answered, ...calls.flatMap((call) => [call.idMark, call.argumentsMark])];
  const marks = found.filter((mark) => mark !== null).length;
  if (text === undefined && marks === 0) return { make: () => message, marks };
  const callsOf = (skimmer: LineSkimmer): readonly ToolCall[] =>
    calls.map(({ id, name, arguments: given, idMark, argumentsMark }) => ({
      id: idMark === null ? id : skimmer.textOf(idMark),
      name,
      arguments: argumentsMark === null ? given : skimmer.textOf(argumentsMark),
    }));
  return {
    make(skimmer) {
      const ownCalls = toolCalls === undefined ? undefined : callsOf(skimmer);
      const ownId = answered === null ? toolCallId : skimmer.textOf(answered);
      return text === undefined
        ? canonicalMessage({
            role,
            content: message.content,
            toolCalls: ownCalls,
            toolCallId: ownId,
          })
        : new UnreadMessage(role, skimmer.unreadText(text), ownCalls, ownId);
    },
    marks,
  };
}

/** Whether a line has other marks than so many, those of messages' texts left out. */
function hasMarks(line: LogLine, expected: number): boolean {
  const text = JSON.stringify(line);
  const count = text.split(MARK).length - 1 + text.split(TIME_MARK).length - 1;
  return count !== expected;
}
