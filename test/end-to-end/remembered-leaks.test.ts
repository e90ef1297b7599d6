import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Evidence } from '../../src/domain/gate.js';
import { readingsOf } from '../../src/gate/readings.js';
import { keys } from '../../src/release/layout.js';
import { readBytes, readJson } from '../../src/storage/objects.js';
import { startLoop } from '../support/loop.js';
import { mawpsProblems, type Problem } from '../support/mawps.js';
import { publicData } from '../support/public-data.js';
import { MODEL } from '../support/project.js';
import { toLogLine } from '../support/traffic.js';

const WINDOW = '2025-W06';
const SUITE = 'frozen:tickets';
const FOLDER = 'llm_adapters/dataset/mawps';

function trainingLine({ question, template }: Problem): string {
  const messages = [
    { role: 'user', content: question },
    { role: 'assistant', content: template },
  ];
  return `${JSON.stringify({ messages })}\n`;
}

/** The problems as a week of an application that the champion serves: a person files each under its template. */
function week(problems: readonly Problem[]): readonly object[] {
  const from = Date.parse('2025-02-03T00:00:00.000Z');
  return problems.map(({ question, template }, index) =>
    toLogLine(
      {
        id: `problem-${index}`,
        text: question,
        label: template,
        time: new Date(from + index * 60_000).toISOString(),
        conversation: `thread-${index}`,
        user: 'somebody',
      },
      index % 3 === 0 ? 'x=0' : template,
    ),
  );
}

test('a champion that was trained on MAWPS’ published split is seen to remember what leaked of it', async (t) => {
  const paths = ['trainset.json', 'testset.json'].map((file) => publicData(t, `${FOLDER}/${file}`));
  const [train, held] = paths.map((path) =>
    path === null ? [] : mawpsProblems(readFileSync(path, 'utf8')),
  );
  if (!train?.length || !held?.length) return;
  const loop = await startLoop({
    firstWindow: WINDOW,
    training: train.map(trainingLine).join(''),
    evalFile: held
      .map(({ question, template }, index) =>
        JSON.stringify({ id: `problem-${index}`, input: question, reference: template }),
      )
      .join('\n'),
  });
  const worker = await loop.startWorker();
  t.after(async () => {
    await worker.stop();
    await loop.close();
  });
  loop.project.writeLog('week.jsonl', week(train));

  const outcome = await loop.run(WINDOW);
  const { store } = loop.project;
  const evidence = await readJson<Evidence>(store, keys.evidence(outcome.evidenceDigest ?? ''));
  const scores = evidence.scores[SUITE] ?? [];
  assert.equal(scores.length, held.length);
  const readings = readingsOf(scores, evidence.policy.alpha);
  assert.ok(readings !== null);
  const { all, leaked, clean, withoutKin, control, gap } = readings;
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  t.diagnostic(
    `champion: all ${percent(all.champion)} of ${all.count}, leaked ${percent(leaked.champion)} of ${leaked.count}, ` +
      `clean ${percent(clean.champion)} of ${clean.count}, without kin ${percent(withoutKin?.champion ?? 0)} of ` +
      `${withoutKin?.count}, at random ${percent(control.champion.low)} to ${percent(control.champion.high)}`,
  );
  t.diagnostic(
    `candidate, trained without leaks: all ${percent(all.candidate)}, leaked ${percent(leaked.candidate)}, ` +
      `clean ${percent(clean.candidate)}; ${outcome.decision}`,
  );
  assert.ok(
    leaked.champion - clean.champion >= 0.25,
    'leaked samples are 25 points above clean ones',
  );
  assert.ok(all.champion - clean.champion >= 0.05, 'all samples are 5 points above clean ones');
  assert.equal(gap.champion.isAlarming, true);
  assert.equal(gap.candidate.isAlarming, false);
  assert.ok(withoutKin !== null && withoutKin.champion < clean.champion);
  assert.ok(
    clean.champion < control.champion.low,
    'no random drop does what leaving leaks out does',
  );

  // What is decided rests on the clean part, whose figures the checks tell.
  const suite = evidence.suites.find((each) => each.suite === SUITE);
  assert.equal(suite?.clean?.count, clean.count);
  const check = evidence.result.checks.find(({ name }) => name === `superiority on ${SUITE}`);
  assert.match(check?.reason ?? '', new RegExp(`n = ${clean.count}\\b`, 'u'));

  const page = new TextDecoder().decode(
    await readBytes(store, keys.report(MODEL, WINDOW, outcome.evidenceDigest ?? '')),
  );
  for (const words of [
    'What leaks do to these scores',
    'without leaks and their kin',
    'without as many at random',
    'points of memory above that on the clean ones',
  ]) {
    assert.ok(page.includes(words), words);
  }
});
