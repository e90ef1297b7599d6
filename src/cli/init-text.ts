import type { ConnectorKind, FieldMapping } from '../domain/configuration.js';

/** What `init` knows of a new configuration; `null` is left for its user to fill in. */
export interface NewConfiguration {
  /** Path of the JSON schema as the file will refer to it. */
  readonly schema: string;
  readonly model: string;
  readonly firstWindow: string;
  readonly logs: string;
  readonly connector: ConnectorKind;
  readonly fields: FieldMapping;
  readonly consent: 'allow' | 'deny' | null;
  /** Share of the looked-at lines that could not be read. */
  readonly quarantinedShare: number;
  readonly hasSignals: boolean;
  readonly evalFile: string;
  readonly evalName: string;
  readonly baseURL: string | null;
  readonly baseModel: string | null;
  readonly champion: string | null;
  readonly trainedOn: readonly string[] | 'unknown' | null;
}

const LOOPBACK = /^https?:\/\/(localhost|127\.|\[::1\])/;

/** The text of a new `holdfast.yaml`, with a comment for each thing to know before the first run. */
export function configurationText(options: NewConfiguration): string {
  const { model, firstWindow, logs, evalFile, evalName } = options;
  const isLocal = options.baseURL !== null && LOOPBACK.test(options.baseURL);
  return `# yaml-language-server: $schema=${options.schema}
#
# What is not said here has a default; an editor that reads the schema above shows each with its meaning.
# \`holdfast config check\` reports every problem at once and spends nothing.

model: ${quoted(model)}

# Everything durable: releases, frozen eval sets, evidence, the audit log. Keep it.
store: file:.holdfast/store

# One run for each window. The first is where your logs begin; it never changes afterwards.
window:
  first: ${firstWindow}
  weeks: 1

sources:
  - path: ${quoted(logs)}
${options.connector === 'openai' ? '' : `    connector: ${options.connector}\n`}${fieldsText(options.fields)}
# May a record without a consent mark be trained on? There is no default: it is yours to say.
consent:
  unmarked: ${options.consent ?? '# allow or deny'}
${quarantineText(options.quarantinedShare)}
# A tenth of the conversations is held out for good and never trained on.
split:
  holdoutFraction: 0.1
  group: conversation

select:
  # drop: train only on answers that somebody approved or corrected. keep: on unjudged ones too.
  unconfirmed: drop${options.hasSignals ? '' : '  # no feedback was seen in these logs: with drop there is nothing to train on'}

# Frozen eval sets: measured on, never trained on. This writes the entry:
#   holdfast evals freeze ${evalFile} --name ${evalName} --pin
evals: []

train:
  # Any host that speaks OpenAI's fine-tuning protocol, up to and including /v1.
  baseURL: ${options.baseURL ?? '# https://…/v1'}
  # The name of the variable that holds the key; the key never stands in this file.
  keyVariable: OPENAI_API_KEY
  baseModel: ${options.baseModel === null ? '# the model that every candidate is trained from' : quoted(options.baseModel)}
${isLocal ? '' : '  # Passes over the training file; each is paid for, so the estimate needs the number.\n  hyperparameters: { n_epochs: 3 }\n'}  # USD per million training tokens, and the most that a run may cost.
  pricePerMillionTokens: ${isLocal ? '0' : "# the host's price"}
  maximumCost: ${isLocal ? '0' : '10'}

# The first champion, declared once; promotions move on from it. And the training files it is known to
# come from: a list of JSONL files, [] for a base model, or unknown; then clean means clean of what
# holdfast trained, and reports say so.
champion:
  modelId: ${options.champion === null ? '# the model that serves now' : quoted(options.champion)}
  trainedOn: ${trainedOnText(options.trainedOn)}

gate:
  # What a candidate has to be better on: this window's holdout, or frozen:${evalName} once it is pinned.
  superiorityOn: holdout
  # Suites where it may not be worse by more than a margin:
  #   guards: [{ suite: frozen:${evalName}, margin: 0.03 }]
  # Parts of the holdout that may not get worse unseen, by the right answer or the question's language:
  #   slices: { holdout: [reference, language] }
  # Whether examples in the champion's prompt would have done; each number is a suite more to pay for:
  #   prompting: { examples: [2, 8, 32] }

# What the host that answers asks, in USD a million tokens, so that reports tell what asking costs:
#   chat: { prices: [{ prompt: 0.4, completion: 1.6 }] }

approval:
  # Who may decide; [] means anyone who reaches Temporal. \`holdfast keys new\` makes a key for a name.
  approvers: []
`;
}

function fieldsText(fields: FieldMapping): string {
  const entries = Object.entries(fields);
  if (entries.length === 0) return '';
  const rows = entries.map(([name, path]) => `      ${name}: ${quoted(path)}`);
  return `    # Where a line of these logs keeps what; the rest is found by the usual names.\n    fields:\n${rows.join('\n')}\n`;
}

function quarantineText(share: number): string {
  if (share <= 0.03) return '';
  const percent = (share * 100).toFixed(0);
  const allowed = Math.min(1, Math.ceil(share * 1.2 * 20) / 20);
  return `
# ${percent} % of the lines looked at could not be read (\`holdfast init\` said why); a run with more stops.
maximumQuarantined: ${allowed}
`;
}

function trainedOnText(trainedOn: NewConfiguration['trainedOn']): string {
  if (trainedOn === null) return '# [file.jsonl], [] or unknown';
  if (trainedOn === 'unknown') return 'unknown';
  return `[${trainedOn.map(quoted).join(', ')}]`;
}

/** A text as YAML takes it in any place: plain where that is safe, else in JSON's quotes, which YAML reads. */
function quoted(text: string): string {
  return /^[A-Za-z_./][\w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
}
