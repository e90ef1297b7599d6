import { setTimeout as delay } from 'node:timers/promises';
import type { LoadedConfiguration } from '../config/load.js';
import { ConfigError, PrerequisiteError } from '../domain/errors.js';
import { type JudgeConfiguration, type JudgedCounts, sumCounts } from '../domain/judging.js';
import { type JudgedPair, judgePairs } from '../evals/judging/judge-pairs.js';
import { type LabelledPair, parseLabels } from '../evals/judging/label-file.js';
import { createVerdictStore } from '../evals/judging/verdict-store.js';
import {
  type Agreement,
  agreementOf,
  type AgreementTable,
  agreementTable,
  type Preference,
  PREFERENCES,
} from '../gate/kappa.js';
import { createRedactor } from '../ingest/redaction.js';
import { createChatClient, waitOf } from '../providers/openai-chat.js';
import { counted, formatShare } from '../release/report/numbers.js';
import type { Command } from './command-line.js';
import {
  defineAction,
  loadFor,
  type CliContext,
  type CommonOptions,
  type ExitCode,
} from './context.js';
import { contentOf } from './file-content.js';
import { openStoreOf } from './stored-run.js';

interface JudgeOptions extends CommonOptions {
  readonly leastKappa?: string;
  readonly alpha: string;
}

/** With fewer pairs that it has a word on, the bound of kappa says hardly anything. */
const FEW_PAIRS = 50;

/** `holdfast evals judge`: whether the judge says what people say, before it decides for them. */
export function registerJudge(evals: Command, context: CliContext): void {
  const command = evals
    .command('judge <labels>')
    .summary('hold the judge against pairs that people compared')
    .description(
      'Has the configured judge compare pairs of answers that people compared, in both orders as in a run, and tells ' +
        'how far it agrees with them: the share, Cohen’s kappa with its lower bound, and what it takes for what. Texts are ' +
        'redacted before they are sent. Replies are kept, so that asking again costs nothing.',
    )
    .option(
      '--least-kappa <value>',
      'end with 1 where the lower bound of kappa is less, such as 0.4, or fewer than 50 pairs were judged',
    )
    .option('--alpha <share>', 'one-sided error rate of the bound', '0.05')
    .addHelpText(
      'after',
      '\nA line of the file: {"input": "…", "first": "…", "second": "…", "better": "first"}, or "second", or "tie";\n' +
        '"input" may be messages, and "reference" what is known to be right.\n' +
        '\nExit codes: 0 told, and no less than --least-kappa, 1 less, 2 could not run.\n\nExample:\n' +
        '  holdfast evals judge compared.jsonl --least-kappa 0.4\n',
    );
  defineAction<JudgeOptions>(command, context, async (options, [labels = '']) =>
    holdAgainst(labels, options, await loadFor(options), context),
  );
}

async function holdAgainst(
  file: string,
  options: JudgeOptions,
  loaded: LoadedConfiguration,
  context: CliContext,
): Promise<ExitCode> {
  const alpha = numberOf('--alpha', options.alpha, 0, 0.5);
  const least =
    options.leastKappa === undefined ? null : numberOf('--least-kappa', options.leastKappa, -1, 1);
  const { judge } = loaded.configuration;
  if (judge === undefined) {
    throw new ConfigError('the configuration names no judge; see "judge" in docs/evals.md');
  }
  const pairs = parseLabels(await contentOf(file), file);
  const judged = await askJudge(pairs, judge, loaded, context);
  const compared = judged.flatMap(({ pair, preferred }): (readonly [Preference, Preference])[] =>
    preferred === null ? [] : [[pair.better, preferred]],
  );
  if (compared.length === 0) {
    throw new ConfigError(`${judge.model} gave no reply that can be read to any pair of ${file}`);
  }
  const table = agreementTable(compared);
  const agreement = agreementOf(table, alpha);
  const counts = sumCounts(judged.map((each) => each.counts));
  const { output } = context;
  output.line(
    `${counted(pairs.length, 'pair')} that people compared, judged by ${judge.model} in both orders; ` +
      `${pairs.length - compared.length} without a reply that can be read`,
  );
  const lines = [...tableLines(table), agreementLine(agreement, alpha), ordersLine(counts)];
  for (const line of lines) output.line(line);
  if (compared.length < FEW_PAIRS) {
    output.line(`of fewer than ${FEW_PAIRS} pairs that says little: have people compare more`);
  }
  output.result({ judge: judge.model, table, ...agreement, ...counts });
  if (least === null) return 0;
  return compared.length < FEW_PAIRS || (agreement.lower ?? -1) < least ? 1 : 0;
}

/** Asks the configured judge about every pair. */
async function askJudge(
  pairs: readonly LabelledPair[],
  judge: JudgeConfiguration,
  loaded: LoadedConfiguration,
  { environment, interrupted }: CliContext,
): Promise<readonly JudgedPair[]> {
  const { baseURL, keyVariable } = judge;
  const key = environment[keyVariable] ?? '';
  if (key === '') {
    throw new PrerequisiteError(`${keyVariable} is not set; it holds the key to ask the judge`);
  }
  const redactor = createRedactor(loaded.configuration.redaction);
  return judgePairs(pairs, {
    judge,
    client: createChatClient({ baseURL, key, ...waitOf(judge), sleep: (ms) => delay(ms) }),
    // One conversation for question and answers, so that a value has the same name in all of them.
    redactor: () => {
      const conversation = redactor.conversation();
      return (text) => conversation.redact(text).text;
    },
    verdicts: createVerdictStore(await openStoreOf(loaded), judge),
    signal: interrupted,
  });
}

const WIDTH = 8;

function tableLines(table: AgreementTable): readonly string[] {
  const cells = (values: readonly (string | number)[]): string =>
    values.map((value) => String(value).padStart(WIDTH)).join('');
  const head = `${''.padEnd(16)}${cells(PREFERENCES)}  by the judge`;
  const rows = table.map((row, at) => `people: ${(PREFERENCES[at] ?? '').padEnd(8)}${cells(row)}`);
  return [head, ...rows];
}

function agreementLine({ observed, kappa, lower }: Agreement, alpha: number): string {
  const agrees = `it agrees on ${formatShare(observed)}`;
  if (kappa === null || lower === null) {
    return `${agrees}, and kappa says nothing where all answers are the same`;
  }
  const level = `${Number(((1 - alpha) * 100).toFixed(1))} %`;
  return `${agrees}; kappa ${kappa.toFixed(2)}, one-sided ${level} lower bound ${lower.toFixed(2)}`;
}

function ordersLine({ pairs, equal, consistent, tookFirst }: JudgedCounts): string {
  const asked = Math.max(1, pairs - equal);
  return (
    `it said the same in both orders of ${formatShare(consistent / asked)}; ` +
    `${formatShare(tookFirst / (2 * asked))} of its replies took the answer shown first`
  );
}

function numberOf(option: string, text: string, from: number, to: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value > from && value < to) return value;
  throw new ConfigError(`${option}: expected a number between ${from} and ${to}`);
}
