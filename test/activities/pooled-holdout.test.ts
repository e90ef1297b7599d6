import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { decide } from '../../activities/deciding.js';
import { detectBeforeTraining } from '../../activities/detecting.js';
import { planEvaluation } from '../../activities/evaluating.js';
import { lastPool } from '../../src/cli/pool-lines.js';
import { describeDetectable } from '../../src/domain/detectable.js';
import { canonicalJson } from '../../src/domain/json.js';
import { POOLED_SUITE } from '../../src/domain/pool.js';
import type { Evidence } from '../../src/domain/gate.js';
import type { Example } from '../../src/domain/record.js';
import { recomputeDecision } from '../../src/gate/evidence.js';
import { loadReportData } from '../../src/release/load-report.js';
import { recordFate } from '../../src/release/chain.js';
import { readHoldoutUses } from '../../src/release/holdout-uses.js';
import { isMeasured, renderModelCard } from '../../src/release/model-card.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { readJson } from '../../src/storage/objects.js';
import type { BuiltWindow } from '../support/data-path.js';
import { measureWindow, type MeasuredWindow, withChat } from '../support/measure-window.js';
import { openPooledWeeks, type PooledWeeks, scoredIds } from '../support/pooled-weeks.js';

async function heldOut(...built: readonly BuiltWindow[]): Promise<readonly string[]> {
  const rows = await Promise.all(built.map((each) => each.read<Example>('holdout')));
  return rows.flat().map(({ id }) => id);
}

const WAS_ASKED =
  /; both models answered more while they were enough, nothing of that is scored here, and what is left stays for later/;

const windowsOf = ({ evidence }: MeasuredWindow): readonly string[] =>
  (evidence.pool?.windows ?? []).map(({ window }) => window);

describe('weeks whose holdouts are pooled', () => {
  let weeks: PooledWeeks;
  const built: BuiltWindow[] = [];
  const measured: MeasuredWindow[] = [];
  const told: string[] = [];
  before(async () => {
    weeks = await openPooledWeeks();
    for (let week = 0; week < 4; week += 1) {
      const window = await weeks.build(week);
      built.push(window);
      const { deps, configuration } = weeks.path;
      const [pool] = await detectBeforeTraining(deps, configuration, window.input);
      told.push(pool === undefined ? '' : describeDetectable(pool));
      measured.push(await weeks.measure(window));
      const { decision } = measured.at(-1)?.evidence.result ?? assert.fail();
      const fate = decision === 'promote' ? 'pending' : 'inconclusive';
      await recordFate(weeks.path.deps.store, 'triage', window.release, fate);
    }
  });
  after(() => weeks.close());
  const at = (week: number): MeasuredWindow => measured[week] ?? assert.fail();

  test('are inconclusive while the pool is too small, whose samples nobody is asked', async () => {
    const [first, second, third] = built;
    assert.ok(first && second && third);
    const held = await heldOut(first, second, third);
    assert.ok(held.length > 45);
    for (const week of [0, 1]) {
      const { evidence, answers, report } = at(week);
      assert.equal(evidence.result.decision, 'inconclusive');
      assert.deepEqual(Object.keys(evidence.scores), ['frozen:tickets']);
      assert.ok(answers.every(({ suite }) => suite === 'frozen:tickets'));
      const reason = evidence.result.checks[0]?.reason ?? '';
      assert.match(
        reason,
        /^Not looked at: \d+ clean samples of fresh holdouts are collected, from 2026-W01/,
      );
      assert.match(reason, /and about 37 would show a difference of 30\.0 points/);
      assert.match(report, /was not looked at: the fresh holdouts collected so far are too few/);
      assert.match(report, /until then no model is asked them, and they stay for later windows/);
    }
    assert.deepEqual(windowsOf(at(1)), ['2026-W01', '2026-W02']);
    assert.equal(at(1).evidence.pool?.windows[0]?.samples, (await heldOut(first)).length);
  });

  test('are decided together once they are enough, each sample asked of both models', async () => {
    const { evidence, answers, report } = at(2);
    const held = await heldOut(...built.slice(0, 3));
    assert.equal(evidence.result.decision, 'promote');
    assert.deepEqual(windowsOf(at(2)), ['2026-W01', '2026-W02', '2026-W03']);
    assert.deepEqual([...scoredIds(evidence)].sort(), [...held].sort());
    for (const role of ['champion', 'candidate']) {
      const found = answers.find((each) => each.suite === POOLED_SUITE && each.role === role);
      assert.equal(found?.answers?.count, held.length);
    }
    assert.equal(canonicalJson(recomputeDecision(evidence)), canonicalJson(evidence.result));
    assert.match(report, /pooled holdouts/);
    assert.match(
      report,
      /pooled, with their clean samples: 2026-W01 \(\d+\), 2026-W02 \(\d+\) and 2026-W03/,
    );
    // Texts of all three weeks stand in the report, as examples of what was won or lost.
    const shown = (
      await Promise.all(built.slice(0, 3).map((each) => each.read<Example>('holdout')))
    ).map((rows) => rows.some(({ messages }) => report.includes(messages.at(-1)?.content ?? '-')));
    assert.ok(shown.some(Boolean));
  });

  test('were not asked before that: each question was put to each model once', () => {
    const held = new Set<string>();
    for (const { body } of weeks.asked) held.add(JSON.stringify(body));
    assert.equal(held.size, weeks.asked.length);
  });

  test('are pooled no more once a decision has looked at them', async () => {
    const last = at(3).evidence;
    assert.equal(last.result.decision, 'inconclusive');
    assert.deepEqual(windowsOf(at(3)), ['2026-W04']);
    assert.equal(last.pool?.leftOut['used'], scoredIds(at(2).evidence).length);
    const { entries } = await readHoldoutUses(weeks.path.deps.store, 'triage');
    assert.deepEqual(
      entries.map(({ window, suites }) => [window, suites]),
      [
        ['2026-W01', []],
        ['2026-W02', []],
        ['2026-W03', [POOLED_SUITE]],
        ['2026-W04', []],
      ],
    );
    assert.equal(entries[2]?.evidence, at(2).evidenceDigest);
  });

  test('are decided once: a repeated attempt finds the decision that was made, and uses nothing', async () => {
    const [, , third] = built;
    assert.ok(third);
    const { store } = weeks.path.deps;
    const before = await readHoldoutUses(store, 'triage');
    const plan = await planEvaluation(weeks.path.deps, { ...third.input, release: third.release });
    assert.deepEqual(plan.suites, ['frozen:tickets', POOLED_SUITE]);
    const { answers, evidence, evidenceDigest } = at(2);
    const { candidate } = evidence;
    const input = { ...third.input, release: third.release, candidate, answers };
    const again = await decide(weeks.path.deps, input);
    assert.deepEqual([again.decision, again.evidenceDigest], ['promote', evidenceDigest]);
    assert.deepEqual(await readHoldoutUses(store, 'triage'), before);
    // Another candidate of the same attempt finds the samples used.
    const other = await decide(weeks.path.deps, { ...input, candidate: 'ft:99' });
    assert.equal(other.decision, 'inconclusive');
    const { pool } = await readJson<Evidence>(store, other.evidenceKey);
    assert.equal(pool?.wasAsked, true);
    assert.match(other.reasons[0] ?? '', WAS_ASKED);
  });

  test('are told before training, and by holdfast status', async () => {
    assert.match(
      told[1] ?? '',
      /^pooled-holdout can show .*; this window can't be decided on them: \d+ clean samples of fresh holdouts/,
    );
    assert.match(
      told[2] ?? '',
      /, pooled from 2026-W01 .* and 2026-W03 \(\d+\): they decide, once$/,
    );
    const { deps, configuration } = weeks.path;
    const pool = await lastPool(deps.store, configuration);
    assert.match(
      pool?.text ?? '',
      /^as of 2026-W0\d: \d+ clean samples of fresh holdouts are collected/,
    );
    assert.equal(
      await lastPool(deps.store, {
        ...configuration,
        gate: { ...configuration.gate, superiorityOn: 'holdout' },
      }),
      null,
    );
  });

  test('are named in the model card', async () => {
    const [, , third] = built;
    assert.ok(third);
    const data = await loadReportData(weeks.path.deps.store, {
      release: third.release,
      evidenceDigest: at(2).evidenceDigest,
      manifestKey: third.input.manifestKey,
      comparedBehind: () => ({ example: (each) => each, sample: (each) => each }),
      askedSamples: async () => [],
    });
    assert.ok(isMeasured(data));
    const card = renderModelCard(data);
    assert.match(card, /\| pooled holdouts \| \d+ \|/);
    assert.match(card, /were pooled, with their clean samples: 2026\\?-W01/);
    const held = await heldOut(...built.slice(0, 2));
    const shown = data.examples.filter(({ suite }) => suite === POOLED_SUITE);
    assert.ok(shown.some(({ sampleId }) => held.includes(sampleId)));
  });
});

describe('a pool', () => {
  let weeks: PooledWeeks;
  afterEach(() => weeks.close());

  test('has the holdout of a window that was never decided, and reaches no further than is said', async () => {
    weeks = await openPooledWeeks({ pool: { windows: 2, difference: 0.3 } });
    await weeks.build(0);
    const second = await weeks.measure(await weeks.build(1));
    assert.deepEqual(windowsOf(second), ['2026-W01', '2026-W02']);
    const third = await weeks.measure(await weeks.build(2));
    assert.deepEqual(windowsOf(third), ['2026-W02', '2026-W03']);
    const { checks, decision } = third.evidence.result;
    assert.equal(decision, 'inconclusive');
    assert.match(checks[0]?.reason ?? '', /reaches over the 2 windows allowed/);
  });

  test('has nothing of a window that was decided on its holdout by itself', async () => {
    weeks = await openPooledWeeks({ superiorityOn: 'holdout', pool: undefined });
    const first = await weeks.measure(await weeks.build(0));
    assert.ok((first.evidence.scores['holdout']?.length ?? 0) > 5);
    const { gate } = weeks.path.configuration;
    weeks.path.configuration = {
      ...weeks.path.configuration,
      gate: { ...gate, superiorityOn: POOLED_SUITE, pool: { windows: 8, difference: 0.3 } },
    };
    const second = await weeks.measure(await weeks.build(1));
    assert.deepEqual(windowsOf(second), ['2026-W02']);
    assert.equal(second.evidence.pool?.leftOut['used'], first.evidence.scores['holdout']?.length);
  });

  test('has nothing of a window that was decided before decisions were written down', async () => {
    weeks = await openPooledWeeks();
    const first = await weeks.build(0);
    await recordFate(weeks.path.deps.store, 'triage', first.release, 'held');
    const second = await weeks.measure(await weeks.build(1));
    assert.deepEqual(windowsOf(second), ['2026-W02']);
    assert.equal(second.evidence.pool?.leftOut['used'], (await heldOut(first)).length);
  });

  test('is used by one of two decisions that are made at once, and the other is made of what is left', async () => {
    weeks = await openPooledWeeks();
    const { path, baseURL } = weeks;
    const first = await weeks.build(0, 180);
    const reopened = await path.build(0, true);
    let other: MeasuredWindow | null = null;
    const store: ObjectStore = {
      ...path.deps.store,
      // Its evidence is stored, and just before it is written down the other one is made from beginning to end.
      compareAndSet: async (key, expected, value) => {
        if (key.endsWith('/holdout-uses')) other ??= await weeks.measure(reopened, 'ft:96');
        return path.deps.store.compareAndSet(key, expected, value);
      },
    };
    const late = await measureWindow(withChat({ ...path.deps, store }, baseURL), first, 'ft:95');
    const { evidence } = (other as MeasuredWindow | null) ?? assert.fail();
    assert.equal(evidence.result.decision, 'promote');
    assert.deepEqual(
      [late.evidence.result.decision, scoredIds(late.evidence)],
      ['inconclusive', []],
    );
    assert.equal(late.evidence.pool?.leftOut['used'], scoredIds(evidence).length);
    // Both models had answered: that nobody was asked would not be true.
    assert.equal(late.answers.filter(({ suite }) => suite === POOLED_SUITE).length, 2);
    assert.match(late.evidence.result.checks[0]?.reason ?? '', WAS_ASKED);
    assert.match(late.report, WAS_ASKED);
    assert.equal(evidence.pool?.wasAsked, undefined);
    const { entries } = await readHoldoutUses(path.deps.store, 'triage');
    assert.deepEqual(
      entries.map(({ candidate, suites }) => [candidate, suites]),
      [
        ['ft:96', [POOLED_SUITE]],
        ['ft:95', []],
      ],
    );
  });

  test('is asked of rivals, too, and of none of them while it is too small', async () => {
    weeks = await openPooledWeeks({ prompting: { examples: [2] } });
    const first = await weeks.build(0);
    assert.deepEqual(
      (await weeks.measure(first)).answers.map(({ role }) => role),
      ['champion', 'candidate'],
    );
    const second = await weeks.measure(await weeks.build(1, 120));
    const rival = second.answers.find(({ role }) => role === 'rival');
    assert.deepEqual(
      [rival?.suite, rival?.answers?.count],
      [POOLED_SUITE, scoredIds(second.evidence).length],
    );
    assert.equal(second.evidence.prompting?.suite, POOLED_SUITE);
  });
});
