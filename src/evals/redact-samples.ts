import { DataError } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import type { Message } from '../domain/record.js';
import type { Sample } from '../domain/sample.js';
import { scorerComplaint } from './scorers/scorer.js';

/** What a freeze needs of the redactor, which eval sets and logs pass through alike. */
export interface TextRedactor {
  readonly version: string;
  redact(text: string): { readonly text: string };
  /** For the texts of one sample: in all of them a value is replaced by the same. */
  conversation(ahead?: readonly string[]): { redact(text: string): { readonly text: string } };
}

/**
 * Samples as they are stored. Ids, clusters and pairs that are personal data themselves are replaced by
 * their number, so that equal ones stay equal.
 * @throws DataError `eval-id-repeated` where a number that replaces an id is an id of the set, `eval-line-unreadable`
 * where a reference can't be judged by once it is redacted, `eval-pair-incomplete` where members of a pair ask the same then.
 */
export function redactSamples(
  samples: readonly Sample[],
  redactor: TextRedactor,
): readonly Sample[] {
  const redact = (text: string): string => redactor.redact(text).text;
  const ids = new Map<string, string>();
  const clusters = new Map<string, string>();
  const pairs = new Map<string, string>();
  for (const [index, { id, cluster, pair }] of samples.entries()) {
    ids.set(id, redact(id) === id ? id : `sample-${index + 1}`);
    if (pair !== undefined && !pairs.has(pair)) {
      pairs.set(pair, redact(pair) === pair ? pair : `pair-${pairs.size + 1}`);
    }
    if (clusters.has(cluster)) continue;
    clusters.set(cluster, redact(cluster) === cluster ? cluster : `cluster-${clusters.size + 1}`);
  }
  if (new Set(ids.values()).size < samples.length) {
    throw new DataError('eval-id-repeated', 'ids of the set are personal data; give it other ids');
  }
  const stored = samples.map((sample) => {
    const conversation = redactor.conversation();
    const redacted = redactTexts(sample, (text) => conversation.redact(text).text);
    assertScorable(redacted);
    const { id, cluster, pair } = sample;
    return {
      ...redacted,
      id: ids.get(id) ?? id,
      cluster: clusters.get(cluster) ?? cluster,
      ...(pair === undefined ? {} : { pair: pairs.get(pair) ?? pair }),
    };
  });
  assertPairsDiffer(stored);
  return stored;
}

/**
 * Where what is exchanged between the members of a pair is masked in both, there is nothing left to compare. `of` says whose
 * samples they are: ` of letters`.
 */
export function assertPairsDiffer(samples: readonly Sample[], of = ''): void {
  const asked = new Map<string, string>();
  for (const { id, pair, messages } of samples) {
    if (pair === undefined) continue;
    const question = canonicalJson({ pair, messages });
    const other = asked.get(question);
    if (other !== undefined) {
      throw new DataError(
        'eval-pair-incomplete',
        `samples ${other} and ${id}${of} are of one pair and ask the same once personal data is redacted: keep what is ` +
          `exchanged between them (redaction.types), or take it from what is no personal data`,
      );
    }
    asked.set(question, id);
  }
}

/** A sample after a further redactor; its id and cluster stay. */
export function redactSampleAgain(sample: Sample, redactor: TextRedactor): Sample {
  const texts: string[] = [];
  redactTexts(sample, (text) => {
    texts.push(text);
    return text;
  });
  const conversation = redactor.conversation(texts);
  return redactTexts(sample, (text) => conversation.redact(text).text);
}

/** Its texts in their order: messages, reference, options, tools. */
function redactTexts(sample: Sample, redact: (text: string) => string): Sample {
  const { messages, reference, options, tools } = sample;
  const redacted = {
    ...sample,
    messages: messages.map((message) => redactMessage(message, redact)),
    reference: reference === null ? null : redact(reference),
    options: options.map(redact),
  };
  if (tools === undefined) return redacted;
  return {
    ...redacted,
    tools: tools.map(({ name, description, parameters }) => ({
      name,
      ...(description === undefined ? {} : { description: redact(description) }),
      ...(parameters === undefined ? {} : { parameters: redact(parameters) }),
    })),
  };
}

/** A message with its text, and the arguments of its calls, behind a redactor. */
export function redactMessage(message: Message, redact: (text: string) => string): Message {
  const { content, toolCalls } = message;
  const redacted = { ...message, content: redact(content) };
  if (toolCalls === undefined) return redacted;
  return {
    ...redacted,
    toolCalls: toolCalls.map((call) => ({ ...call, arguments: redact(call.arguments) })),
  };
}

function assertScorable({ id, scorer, reference, options }: Sample): void {
  if (scorer === undefined || reference === null) return;
  const complaint = scorerComplaint(scorer, { reference, options });
  if (complaint === null) return;
  throw new DataError(
    'eval-line-unreadable',
    `sample ${id} can't be judged by "${scorer}" once personal data is redacted: ${complaint}`,
  );
}
