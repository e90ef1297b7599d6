import { ConfigError } from '../domain/errors.js';
import { TOOL_NAMES } from '../domain/eval-tool.js';
import type { Comparison } from '../domain/gate.js';
import { pairResults } from '../evals/results/pair-results.js';
import { readResults } from '../evals/results/read-results.js';
import type { ResultChoice } from '../evals/results/result-file.js';
import { compare } from '../gate/compare.js';
import { distance, points } from '../gate/sentences.js';
import { counted, formatShare } from '../release/report/numbers.js';
import type { Command } from './command-line.js';
import { defineAction, type CliContext, type CommonOptions, type ExitCode } from './context.js';
import { contentOf } from './file-content.js';
import type { Output } from './output.js';

interface CompareOptions
  extends CommonOptions, Partial<Record<Exclude<keyof ResultChoice, 'prefix'>, string>> {
  readonly alpha: string;
  readonly margin: string;
  readonly maximumMissing: string;
}

/** `holdfast evals compare`: two models' results by another tool, compared pair by pair. */
export function registerCompare(evals: Command, context: CliContext): void {
  const command = evals
    .command('compare <champion> <candidate>')
    .summary("compare two models' results of another tool, item by item")
    .description(
      'Reads two files of results as promptfoo (--output FILE.json), lm-evaluation-harness (the samples of ' +
        '--log_samples) or Inspect (--log-format json) wrote them, pairs them by item, and tells the difference with ' +
        'its bounds. Files that were not made of the same items are refused. Nothing is known of what the models were ' +
        'trained on: leaked items count.',
    )
    .option('--metric <name>', 'which metric or scorer, where there are several')
    .option('--filter <name>', 'which filter of lm-evaluation-harness')
    .option('--provider <name>', "whose results, where promptfoo's file has several providers")
    .option('--alpha <share>', 'one-sided error rate', '0.05')
    .option('--margin <share>', 'how much worse is still the same', '0.02')
    .option('--maximum-missing <share>', 'share of missing answers that is too many', '0.02')
    .addHelpText(
      'after',
      '\nA metric has to be one of which more is better.\n' +
        '\nExit codes: 0 a loss of the margin is ruled out, 1 it is not, or too many answers are missing,\n' +
        '2 could not run.\n\nExample:\n' +
        '  holdfast evals compare champion.json candidate.json --margin 0.02\n',
    );
  defineAction<CompareOptions>(command, context, (options, [champion = '', candidate = '']) =>
    runCompare({ champion, candidate }, options, context.output),
  );
}

async function runCompare(
  files: Readonly<Record<'champion' | 'candidate', string>>,
  options: CompareOptions,
  output: Output,
): Promise<ExitCode> {
  const [alpha, margin] = [shareOf('--alpha', options.alpha), shareOf('--margin', options.margin)];
  const maximumMissing = shareOf('--maximum-missing', options.maximumMissing);
  const { metric = null, filter = null, provider = null } = options;
  const choice = { metric, filter, provider, prefix: '--' };
  const [one, other] = await Promise.all(
    [files.champion, files.candidate].map(async (file) =>
      readResults(await contentOf(file), file, choice),
    ),
  );
  if (one === undefined || other === undefined) throw new RangeError('two files make two results');
  if (one.tool !== other.tool) {
    throw new ConfigError(
      `${files.champion} is of ${TOOL_NAMES[one.tool]}, ${files.candidate} of ${TOOL_NAMES[other.tool]}: they scored by rules of their own; ` +
        `run both models with one tool`,
    );
  }
  const tool = TOOL_NAMES[one.tool];
  const pairs = pairResults(one.scores, other.scores);
  const comparison = compare(pairs, alpha);
  const missing = pairs.filter(({ champion }) => champion === null).length;
  if (comparison === null) {
    throw new ConfigError('no item was answered by both models, so there is nothing to compare');
  }
  const isRuledOut = comparison.lower > -margin;
  const isIncomplete = missing > maximumMissing * pairs.length;
  for (const line of linesOf(comparison, tool, missing, margin)) output.line(line);
  if (isIncomplete) {
    output.line(
      `more than ${distance(maximumMissing)} % of the answers are missing, so that nothing is decided`,
    );
  }
  output.result({ tool, missing, margin, isRuledOut, isIncomplete, ...comparison });
  return isRuledOut && !isIncomplete ? 0 : 1;
}

function linesOf(
  comparison: Comparison,
  tool: string,
  missing: number,
  margin: number,
): readonly string[] {
  const { count, clusterCount, difference, lower, upper, detectable } = comparison;
  const size = clusterCount === count ? '' : ` in ${counted(clusterCount, 'cluster')}`;
  const isRuledOut = lower > -margin ? 'is' : 'is not';
  return [
    `${counted(count, 'item')}${size} of ${tool}, answered by both models; ${missing} by one or none`,
    `champion   ${formatShare(comparison.championScore)}`,
    `candidate  ${formatShare(comparison.candidateScore)}`,
    `difference ${points(difference)} points, one-sided bounds ${points(lower)} and ${points(upper)}`,
    `a loss of ${distance(margin)} points ${isRuledOut} ruled out; a difference under ${distance(detectable)} points could hardly show`,
  ];
}

function shareOf(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value < 1) return value;
  throw new ConfigError(`${option}: expected a share between 0 and 1, such as 0.05`);
}
