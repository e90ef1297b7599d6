import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadMail } from '../../src/demo/mail/load-mail.js';
import { recurringMail } from '../../src/demo/recurring-mail.js';
import { earlierMail, planStory, STORY_PLAN, type StoryPlan } from '../../src/demo/story.js';
import { total } from '../../src/domain/books.js';
import type { Comparison } from '../../src/domain/gate.js';
import { startOfIsoWeek } from '../../src/domain/window.js';
import { points } from '../../src/gate/sentences.js';
import { measureSeed, type SeedFigures, type Truth } from './measure-seed.js';

const HELP = `npm run bench:story [-- options]: the demo's story, measured over many seeds.

  --seeds 101-120   first and last seed (default)
  --plan JSON       changes to the demo's plan, e.g. '{"misfiledShare":0.4}'
  --keep-recurring  messages that come back may be eval samples and yardstick too
  --without-by-hand the first model's training rows are not in the logs
  --json            one object per seed, and nothing else
`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '101-120' },
    plan: { type: 'string', default: '{}' },
    'keep-recurring': { type: 'boolean', default: false },
    'without-by-hand': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(HELP);
else await main();

async function main(): Promise<void> {
  const plan: StoryPlan = { ...STORY_PLAN, ...(JSON.parse(values.plan) as Partial<StoryPlan>) };
  const mail = await loadMail();
  const recurring = values['keep-recurring']
    ? new Set<string>()
    : recurringMail(earlierMail(mail, plan));
  const from = new Date(startOfIsoWeek('2002-W37')).toISOString();
  const until = new Date(startOfIsoWeek('2002-W39')).toISOString();
  const truth: Truth = {
    folders: new Map(mail.map(({ id, folder }) => [id, folder])),
    next: mail
      .filter(({ time }) => time >= from && time < until)
      .map(({ id, promptText, folder, thread }) => ({
        id,
        prompt: promptText,
        label: folder,
        cluster: thread,
      })),
  };
  const figures: SeedFigures[] = [];
  for (const seed of seedsOf(values.seeds)) {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-story-'));
    try {
      const story = planStory(mail, seed, plan, recurring);
      const measured = await measureSeed(folder, story, truth, {
        splitKey: `split-key-of-seed-${seed}`,
        isHandFiledLogged: !values['without-by-hand'],
      });
      figures.push(measured);
      process.stdout.write(values.json ? `${JSON.stringify(measured)}\n` : seedLine(measured));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  if (!values.json) process.stdout.write(summary(figures));
}

function seedsOf(range: string): readonly number[] {
  const [first = 101, last = first] = range.split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function bounds({ difference, lower, upper, count }: Comparison): string {
  return `${points(difference)} [${points(lower)}, ${points(upper)}] n ${count}`;
}

function seedLine({ seed, one, two, unchecked, pasted, trueHoldout }: SeedFigures): string {
  return [
    `${seed} one: ${one.decision}, clean ${bounds(one.frozenClean)}, holdout ${bounds(one.holdoutClean)}, yardstick ${bounds(one.yardstick)}`,
    `    two: ${two.decision}, clean ${bounds(two.frozenClean)}, holdout ${bounds(two.holdoutClean)}, true holdout ${bounds(trueHoldout)}, yardstick ${bounds(two.yardstick)}`,
    `    unchecked: all ${bounds(unchecked.all)}, clean ${bounds(unchecked.clean)}, yardstick ${bounds(unchecked.yardstick)}; pasted ${pasted.read}, examples ${pasted.examples}, trained ${pasted.trained}`,
    '',
  ].join('\n');
}

/** Whether the gate's superiority rule would let this pass. */
function isBetter({ lower, difference }: Comparison): boolean {
  return lower > 0 && difference >= 0.01;
}

function summary(figures: readonly SeedFigures[]): string {
  const mean = (of: (seed: SeedFigures) => number): number =>
    figures.reduce((sum, seed) => sum + of(seed), 0) / figures.length;
  const share = (of: (seed: SeedFigures) => boolean): string =>
    `${figures.filter(of).length}/${figures.length}`;
  const row = (name: string, of: (seed: SeedFigures) => Comparison): string =>
    `| ${name} | ${mean((s) => of(s).count).toFixed(0)} | ${(mean((s) => of(s).championScore) * 100).toFixed(1)} | ` +
    `${(mean((s) => of(s).candidateScore) * 100).toFixed(1)} | ${points(mean((s) => of(s).difference))} | ` +
    `${share((s) => isBetter(of(s)))} | ${share((s) => of(s).upper < 0)} | ${points(mean((s) => of(s).detectable))} |`;
  const decisions = (of: (seed: SeedFigures) => string): string =>
    ['promote', 'inconclusive', 'hold']
      .map((decision) => `${decision} ${figures.filter((s) => of(s) === decision).length}`)
      .join(', ');
  const next = (['first', 'second', 'unchecked', 'third'] as const)
    .map((model) => (mean((s) => s.next[model]) * 100).toFixed(1))
    .join(' / ');
  return [
    '',
    '| compared | n | champion % | candidate % | points | better | worse | detectable |',
    '|---|---|---|---|---|---|---|---|',
    row('week one, frozen, all', (s) => s.one.frozen),
    row('week one, frozen, clean', (s) => s.one.frozenClean),
    row('week one, holdout, clean', (s) => s.one.holdoutClean),
    row('week one, yardstick', (s) => s.one.yardstick),
    row('week two, unchecked, frozen, all', (s) => s.unchecked.all),
    row('week two, unchecked, its clean part', (s) => s.unchecked.clean),
    row('week two, unchecked, yardstick', (s) => s.unchecked.yardstick),
    row('week two, holdfast, frozen, all', (s) => s.two.frozen),
    row('week two, holdfast, frozen, clean', (s) => s.two.frozenClean),
    row('week two, holdfast, holdout', (s) => s.two.holdoutClean),
    row('week two, holdfast, holdout by true labels', (s) => s.trueHoldout),
    row('week two, holdfast, yardstick', (s) => s.two.yardstick),
    '',
    `decisions: week one ${decisions((s) => s.one.decision)}; week two ${decisions((s) => s.two.decision)}`,
    `next fortnight, first / second / unchecked / third model: ${next} %`,
    `training rows ${mean((s) => s.one.trainRows).toFixed(0)} and ${mean((s) => s.two.trainRows).toFixed(0)}, unchecked ${mean((s) => s.unchecked.rows).toFixed(0)}`,
    `dirty samples: frozen ${mean((s) => s.one.frozenDirty).toFixed(1)} and ${mean((s) => s.two.frozenDirty).toFixed(1)}, holdout ${mean((s) => s.one.holdoutDirty).toFixed(1)} and ${mean((s) => s.two.holdoutDirty).toFixed(1)}`,
    `pasted: read ${mean((s) => s.pasted.read).toFixed(0)}, on the training side ${mean((s) => s.pasted.examples).toFixed(1)}, trained on ${mean((s) => s.pasted.trained).toFixed(2)} (most ${Math.max(...figures.map((s) => s.pasted.trained))})`,
    `a shared 13-gram: ${mean((s) => s.sharedNgram.rows).toFixed(0)} rows, ${mean((s) => s.sharedNgram.samples).toFixed(0)} samples`,
    ...booksLines(figures),
    '',
  ].join('\n');
}

/** Mean of each step's books, and of what was redacted. */
function booksLines(figures: readonly SeedFigures[]): readonly string[] {
  return (['one', 'two'] as const).flatMap((week) => {
    const [first] = figures;
    return (first?.[week].books ?? []).map(({ stage }) => {
      const own = figures.map((s) => s[week].books.find((books) => books.stage === stage));
      const mean = (of: (books: NonNullable<(typeof own)[number]>) => number): string =>
        (
          own.reduce((sum, books) => sum + (books === undefined ? 0 : of(books)), 0) / own.length
        ).toFixed(0);
      const reasons = new Set(
        own.flatMap((b) => Object.keys({ ...b?.dropped, ...b?.quarantined, ...b?.notes })),
      );
      const detail = [...reasons].sort().map((reason) => {
        const count = mean(
          (b) => (b.dropped[reason] ?? 0) + (b.quarantined[reason] ?? 0) + (b.notes?.[reason] ?? 0),
        );
        return `${reason} ${count}`;
      });
      return `week ${week} ${stage}: read ${mean((b) => b.read)}, kept ${mean((b) => b.kept)}, dropped ${mean((b) => total(b.dropped))}; ${detail.join(', ')}`;
    });
  });
}
