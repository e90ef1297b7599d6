import type { ProgramEnvironment } from '../cli/temporal-cli.js';
import { total } from '../domain/books.js';
import { invariant } from '../domain/errors.js';
import type { Example } from '../domain/record.js';
import type { ReleaseManifest } from '../domain/manifest.js';
import { keys } from '../release/layout.js';
import { findRows } from '../release/rows-files.js';
import { readJsonl } from '../storage/objects.js';
import { logByHand, openFirstModel, serveWeek, tellWeek } from './chapters.js';
import { FIRST_WINDOW, SECOND_WINDOW } from './configuration.js';
import { loadMail } from './mail/load-mail.js';
import type { Narrator } from './narrator.js';
import { openStage, type RunningStage } from './stage.js';
import { planStory, type Story } from './story.js';
import { tellUnchecked } from './unchecked.js';
import { approve, awaitPromotion, type WeekResult } from './weeks.js';

export interface StoryOptions {
  readonly folder: string;
  readonly environment: ProgramEnvironment;
  readonly seed: number;
  /** Whether a person approves, instead of the demo. */
  readonly isManual: boolean;
  /** Whether the servers stay up at the end until Ctrl-C. */
  readonly staysOpen: boolean;
  readonly narrator: Narrator;
  readonly interrupted: AbortSignal;
}

/** Tells the demo's story on real mail; every figure is measured while it is told. */
export async function tellStory(options: StoryOptions): Promise<void> {
  const { narrator, folder, seed } = options;
  narrator.say('holdfast: weeks of real mail, from logs to a promotion that a person approves');
  narrator.say(`  run folder ${folder}`);
  const stage = await openStage(folder, options.environment);
  let running: RunningStage | null = null;
  try {
    narrator.say(`  Temporal's web UI ${stage.server.uiAddress}`);
    options.interrupted.throwIfAborted();
    const story = planStory(await loadMail(), seed);
    narrator.heading('A first model serves');
    const opened = await openFirstModel(stage, story.release, story.evalSet, seed, narrator);
    running = opened;
    options.interrupted.throwIfAborted();
    await Promise.race([untilAborted(options.interrupted), tellWeeks(options, opened, story)]);
    if (options.staysOpen) await untilInterrupted(options);
  } finally {
    await (running ?? stage).close();
  }
}

/** Rejects at Ctrl-C. */
function untilAborted(interrupted: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(interrupted.reason as Error);
    interrupted.addEventListener('abort', end, { once: true });
  });
}

async function tellWeeks(
  options: StoryOptions,
  stage: RunningStage & { readonly championId: string },
  story: Story,
): Promise<void> {
  const { narrator } = options;
  narrator.heading('Week one: 12 to 25 August 2002');
  logByHand(stage, story.release, '2002-W28.jsonl', narrator);
  await serveWeek(stage, stage.championId, story.weekOne, '2002-W33.jsonl', narrator);
  const first = await tellWeek(stage, FIRST_WINDOW, narrator);
  const champion = await promoteFirst(options, stage, first);

  narrator.heading('Week two: 26 August to 8 September 2002');
  const { leaked, mislabelled } = story.planted;
  narrator.say(
    `  Planted by the demo: ${leaked.length} eval samples pasted into the logs, and ${mislabelled.length} messages filed in a wrong folder,\n` +
      `  in the holdout as well: its references are as wrong as the rest, which the frozen set is not.`,
  );
  await serveWeek(stage, champion, story.weekTwo, '2002-W35.jsonl', narrator);
  const second = await tellWeek(stage, SECOND_WINDOW, narrator);

  narrator.heading('The same two weeks without checks');
  await tellUnchecked({ stage, story, champion, second, seed: options.seed, narrator });

  narrator.heading('What became of every record');
  await tellBooks(stage, [first, second], narrator);
  await assertPlantedOut(stage, second, story);
}

/** The first week's candidate is approved, by the demo or by a person, and serves the second week. */
async function promoteFirst(
  { isManual, narrator }: StoryOptions,
  stage: RunningStage & { readonly championId: string },
  { outcome }: WeekResult,
): Promise<string> {
  const { candidate, promotionId } = outcome;
  if (candidate === null || promotionId === null) {
    narrator.say(`  No candidate waits for approval; ${stage.championId} goes on serving.`);
    return stage.championId;
  }
  const { uiAddress } = stage.server;
  narrator.say(
    `  Open ${uiAddress}/namespaces/default/workflows/${encodeURIComponent(promotionId)}`,
  );
  narrator.say(
    `  or   npx holdfast approve ${candidate} --config ${stage.loaded.path} --reason "…"`,
  );
  if (isManual) narrator.say('  Waiting for your decision.');
  const end = isManual
    ? await awaitPromotion(stage, promotionId)
    : await approve(stage, promotionId, 'the demo approves by itself; --manual waits for a person');
  const now = end.outcome === 'promoted' ? candidate : stage.championId;
  narrator.say(`  ${end.outcome}: the champion is ${now}.`);
  return now;
}

async function tellBooks(
  stage: RunningStage,
  weeks: readonly WeekResult[],
  narrator: Narrator,
): Promise<void> {
  const rows = weeks.flatMap(({ outcome, release }) =>
    release.books.map((books) => [
      `${outcome.window} ${books.stage}`,
      String(books.read),
      String(books.kept),
      String(total(books.dropped)),
      String(total(books.quarantined)),
      String(books.deferred),
      reasons({ ...books.dropped, ...books.quarantined }),
    ]),
  );
  narrator.table(['step', 'read', 'kept', 'dropped', 'quarantined', 'deferred', 'why'], rows);
  narrator.say('');
  narrator.table(
    ['window', 'decision', 'training rows'],
    weeks.map(({ outcome }) => [outcome.window, outcome.decision, String(outcome.trainRows)]),
  );
  narrator.say('');
  narrator.say(`  Everything of this run is in ${stage.folder}`);
  narrator.say(`  Temporal's web UI is at ${stage.server.uiAddress}`);
}

function reasons(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))
    .map(([reason, count]) => `${reason} ${count}`)
    .join(', ');
}

/** What the demo promises: none of the planted leaks was trained on. @throws InvariantError */
async function assertPlantedOut(
  stage: RunningStage,
  { outcome, release }: WeekResult,
  story: Story,
): Promise<void> {
  const rows = await readRows(stage, outcome.release, release);
  const trained = new Set(rows.map(({ id }) => id));
  const missed = story.planted.leaked.filter((id) => trained.has(id));
  invariant(missed.length === 0, `${missed.length} planted eval samples were trained on`);
}

function readRows(
  stage: RunningStage,
  release: string,
  manifest: ReleaseManifest,
): Promise<readonly Example[]> {
  const file = findRows(manifest, 'rows');
  invariant(file !== undefined, 'a release without rows');
  return readJsonl<Example>(stage.store, { ...file, key: keys.releaseFile(release, file.name) });
}

async function untilInterrupted({ narrator, interrupted }: StoryOptions): Promise<void> {
  narrator.say('  The servers stay up until Ctrl-C.');
  if (interrupted.aborted) return;
  await new Promise((resolve) => interrupted.addEventListener('abort', resolve, { once: true }));
}
