import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportPlace } from '../cli/report-place.js';
import { windowLines } from '../cli/run-story.js';
import { DEFAULT_CONTAMINATION_POLICY } from '../contamination/policy.js';
import { freezeEvalSet } from '../evals/eval-set.js';
import { parseEvalFile } from '../evals/parse-eval-file.js';
import { createRedactor } from '../ingest/redaction.js';
import { demoConfiguration, EVAL_SET } from './configuration.js';
import type { Measured } from './measure.js';
import type { Narrator } from './narrator.js';
import type { Labelled } from './serving.js';
import { askAll, toTrainingFile, trainModel } from './serving.js';
import type { RunningStage, Stage } from './stage.js';
import { runStage } from './stage.js';
import { BY_HAND, toLogLine, type LogEntry } from './log-line.js';
import { runWeek, type WeekResult } from './weeks.js';

/** The name of the file in which the first champion's training rows lie. */
const CHAMPION_FILE = 'champion.jsonl';

/**
 * Trains the first model and freezes the eval set, then opens the stage: configuration, worker, schedule.
 * The first champion is declared with the very file that it was trained on.
 */
export async function openFirstModel(
  stage: Stage,
  rows: readonly Labelled[],
  evals: readonly Measured[],
  seed: number,
  narrator: Narrator,
): Promise<RunningStage & { readonly championId: string }> {
  const training = toTrainingFile(rows);
  writeFileSync(join(stage.folder, CHAMPION_FILE), training);
  const championId = await trainModel(stage.provider, training, {
    seed,
    suffix: 'mail-triage-v1',
    baseModel: 'local-linear-1',
  });
  narrator.say(`  ${championId} is trained on ${rows.length} messages and serves from now on.`);
  const lines = evals.map(({ id, prompt, label, cluster }) =>
    JSON.stringify({ id, input: prompt, reference: label, cluster }),
  );
  const text = `${lines.join('\n')}\n`;
  writeFileSync(join(stage.folder, 'evals.jsonl'), text);
  const frozen = await freezeEvalSet(
    stage.store,
    EVAL_SET,
    parseEvalFile(Buffer.from(text), 'evals.jsonl'),
    createRedactor(),
    DEFAULT_CONTAMINATION_POLICY,
  );
  narrator.say(
    `  ${frozen.count} messages it was not trained on are frozen as ${EVAL_SET}, digest ${frozen.digest.slice(0, 12)}.`,
  );
  const document = demoConfiguration({
    championId,
    championFile: CHAMPION_FILE,
    evalDigest: frozen.digest,
    baseURL: stage.endpoint.baseURL,
    temporalAddress: stage.server.address,
    seed,
  });
  return { ...(await runStage(stage, document)), championId };
}

/** The serving model answers every message of a week, and the application logs it with the user's filing. */
export async function serveWeek(
  stage: RunningStage,
  modelId: string,
  entries: readonly LogEntry[],
  fileName: string,
  narrator: Narrator,
): Promise<readonly string[]> {
  const prompts = entries.map(({ prompt }) => prompt);
  const answers = await askAll(stage.chat, modelId, prompts, (answered) => {
    narrator.progress(`  ${modelId} answers: ${answered} of ${prompts.length}`);
  });
  narrator.done();
  writeLog(stage, fileName, modelId, entries, answers);
  const right = entries.filter(({ filedIn }, index) => answers[index] === filedIn).length;
  narrator.say(
    `  ${modelId} answered ${entries.length} messages; ${right} stayed where it put them, ${entries.length - right} were moved.`,
  );
  return answers;
}

/** The messages that people filed before there was an assistant; the first model was trained on them. */
export function logByHand(
  stage: RunningStage,
  entries: readonly LogEntry[],
  fileName: string,
  narrator: Narrator,
): void {
  const filed = entries.map(({ filedIn }) => filedIn);
  writeLog(stage, fileName, BY_HAND, entries, filed);
  narrator.say(
    `  The ${entries.length} messages it was trained on, filed by hand, stand in the logs as well.`,
  );
}

function writeLog(
  stage: RunningStage,
  fileName: string,
  modelId: string,
  entries: readonly LogEntry[],
  answers: readonly string[],
): void {
  const lines = entries.map((entry, index) =>
    JSON.stringify(toLogLine(entry, modelId, answers[index] ?? '')),
  );
  writeFileSync(join(stage.folder, 'logs', fileName), `${lines.join('\n')}\n`);
}

/** Runs a week's window and tells what came of it. */
export async function tellWeek(
  stage: RunningStage,
  window: string,
  narrator: Narrator,
): Promise<WeekResult> {
  const result = await runWeek(stage, window);
  const { model } = stage.loaded.configuration;
  const report = await reportPlace(stage.store, model, result.outcome);
  for (const line of await windowLines(result.outcome, model, stage.store, report, 'claims')) {
    narrator.say(`  ${line}`);
  }
  return result;
}
