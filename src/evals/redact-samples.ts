import { DataError } from '../domain/errors.js';
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
 * Samples as they are stored. Ids and clusters that are personal data themselves are replaced by their
 * number, so that equal clusters stay equal.
 * @throws DataError `eval-id-repeated` where a number that replaces an id is an id of the set, `eval-line-unreadable`
 * where a reference can't be judged by once it is redacted.
 */
export function redactSamples(
  samples: readonly Sample[],
  redactor: TextRedactor,
): readonly Sample[] {
  const redact = (text: string): string => redactor.redact(text).text;
  const ids = new Map<string, string>();
  const clusters = new Map<string, string>();
  for (const [index, { id, cluster }] of samples.entries()) {
    ids.set(id, redact(id) === id ? id : `sample-${index + 1}`);
    if (clusters.has(cluster)) continue;
    clusters.set(cluster, redact(cluster) === cluster ? cluster : `cluster-${clusters.size + 1}`);
  }
  if (new Set(ids.values()).size < samples.length) {
    throw new DataError('eval-id-repeated', 'ids of the set are personal data; give it other ids');
  }
  return samples.map((sample) => {
    const conversation = redactor.conversation();
    const redacted = redactTexts(sample, (text) => conversation.redact(text).text);
    assertScorable(redacted);
    const { id, cluster } = sample;
    return { ...redacted, id: ids.get(id) ?? id, cluster: clusters.get(cluster) ?? cluster };
  });
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

function redactMessage(message: Message, redact: (text: string) => string): Message {
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
