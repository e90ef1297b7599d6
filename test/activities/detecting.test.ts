import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { detectBeforeTraining } from '../../activities/detecting.js';
import { DEFAULT_CONTAMINATION_POLICY } from '../../src/contamination/policy.js';
import { describeDetectable, type DetectableDifference } from '../../src/domain/detectable.js';
import type { Configuration } from '../../src/domain/configuration.js';
import { ConfigError } from '../../src/domain/errors.js';
import type { Sample } from '../../src/domain/sample.js';
import { freezeEvalSet } from '../../src/evals/eval-set.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { writeLineage } from '../../src/lineage/lineage.js';
import { promoteAlias } from '../../src/promotion/alias.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';
import { createDataPath } from '../support/data-path.js';
import { openPooledWeeks } from '../support/pooled-weeks.js';
import { logLines } from '../support/project.js';
import { makeTickets } from '../support/traffic.js';

async function detectWith(gate: object): Promise<readonly DetectableDifference[]> {
  const path = await createDataPath({ gate: { superiorityOn: 'frozen:tickets', ...gate } });
  try {
    path.writeLog('w1.jsonl', logLines(makeTickets('w1', 60, '2025-12-29', '2026-01-05')));
    const { input } = await path.build(0);
    return await detectBeforeTraining(path.deps, path.configuration, input);
  } finally {
    path.close();
  }
}

/** Words that eight digits of a pair's number choose between. */
const WORDS = ['lantern', 'kettle'];

describe('before training', () => {
  const guards = [{ suite: 'holdout', margin: 0.02 }];

  test('a margin that the clean samples cannot show is refused, with what to change', async () => {
    await assert.rejects(detectWith({ guards }), (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, /a margin of 2\.0 points on holdout is finer than its \d+ clean/);
      assert.match(error.message, /Nothing was spent\..*gate\.finerMargins: tell$/);
      return true;
    });
  });

  test('it is told what each deciding suite can show, where that is allowed', async () => {
    const detectable = await detectWith({ guards, finerMargins: 'tell' });
    assert.deepEqual(
      detectable.map(({ suite, wantedMargin }) => [suite, wantedMargin]),
      [
        ['frozen:tickets', null],
        ['holdout', 0.02],
      ],
    );
    const [frozen, holdout] = detectable;
    assert.equal(frozen?.count, 1);
    assert.ok((holdout?.count ?? 0) > 5 && (holdout?.margin ?? 0) > 0.1);
    assert.equal(holdout?.anchorMargin, undefined);
  });

  test('it is told what is asked of the anchor that equal models cannot show, once there is one', async () => {
    const path = await createDataPath({ gate: { superiorityOn: 'holdout' } });
    try {
      path.writeLog('w1.jsonl', logLines(makeTickets('w1', 60, '2025-12-29', '2026-01-05')));
      await path.build(0);
      const { store } = path.deps;
      const lineage = { modelId: 'ft:second', baseModel: 'base', release: null };
      await writeLineage(store, { v: 1, ...lineage, trainingFiles: [] });
      const previous = { previousModelId: 'champion', promotion: 'p', evidence: 'e' };
      assert.ok(await promoteAlias(store, 'triage', 1, { modelId: 'ft:second', ...previous }));
      path.writeLog('w2.jsonl', logLines(makeTickets('w2', 60, '2026-01-05', '2026-01-12')));
      const { input } = await path.build(1);
      const { configuration } = path;
      const told = async (changes: Partial<Configuration>): Promise<DetectableDifference> => {
        const asked = { ...configuration, ...changes };
        const [holdout] = await detectBeforeTraining(path.deps, asked, input);
        return holdout ?? assert.fail();
      };
      const fine = await told({});
      assert.equal(fine.anchorMargin, 0.03);
      assert.match(
        describeDetectable(fine),
        /; 3\.0 points below the anchor \(gate\.anchorMargin\) are finer, so that a candidate as good as the anchor comes out inconclusive/,
      );
      const wide = await told({ gate: { ...configuration.gate, anchorMargin: 0.9 } });
      assert.equal(wide.anchorMargin, undefined);
      const judged = await told({ select: { ...configuration.select, holdoutScorer: 'judge' } });
      assert.equal(judged.anchorMargin, undefined, 'a judge compares nobody with the anchor');
    } finally {
      path.close();
    }
  });
});

describe('before training, of pooled holdouts', () => {
  async function detectWeeks(
    counts: readonly number[],
    gate: object = {},
    isMeasured = false,
  ): Promise<readonly DetectableDifference[]> {
    const weeks = await openPooledWeeks({ pool: { windows: 2, difference: 0.3 }, ...gate });
    try {
      let told: readonly DetectableDifference[] = [];
      for (const [week, count] of counts.entries()) {
        const built = await weeks.build(week, count);
        const { deps, configuration } = weeks.path;
        told = await detectBeforeTraining(deps, configuration, built.input);
        if (isMeasured) await weeks.measure(built);
      }
      return told;
    } finally {
      weeks.close();
    }
  }

  test('a pool that is too small and grows no more is refused, with what to change', async () => {
    assert.equal((await detectWeeks([30])).length, 1);
    await assert.rejects(detectWeeks([30, 30]), (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      assert.match(
        error.message,
        /^no candidate can be promoted on pooled-holdout: \d+ clean samples .* over the 2 windows allowed/,
      );
      assert.match(
        error.message,
        /Nothing was spent\..*\(gate\.pool\.windows\).*finerMargins: tell$/,
      );
      return true;
    });
    const [pool] = await detectWeeks([30, 30], { finerMargins: 'tell' });
    assert.match(pool === undefined ? '' : describeDetectable(pool), /over the 2 windows allowed/);
    assert.equal(
      (await detectWeeks([30, 30], { pool: { windows: 3, difference: 0.3 } })).length,
      1,
    );
    assert.equal((await detectWeeks([30, 200]))[0]?.pool?.holdouts.isEnough, true);
  });

  test('a pool that a decision took its samples from is collected anew', async () => {
    const [pool] = await detectWeeks([200, 30], {}, true);
    const { span, leftOut, isEnough } = pool?.pool?.holdouts ?? assert.fail();
    assert.deepEqual([span, isEnough], [2, false]);
    assert.ok((leftOut['used'] ?? 0) > 37);
    assert.doesNotMatch(pool === undefined ? '' : describeDetectable(pool), /windows allowed/);
  });
});

describe('before training, of counterfactual pairs', () => {
  /** `whole` pairs of two, and one member of another; a cluster to each pair. */
  function pairsOf(whole: number): readonly Sample[] {
    const members = Array.from({ length: 2 * whole + 1 }, (_, index) => [index >> 1, index % 2]);
    return members.map(([pair = 0, member = 0]): Sample => {
      const words = Array.from({ length: 8 }, (_, at) => `${WORDS[(pair >> at) & 1] ?? ''}${at}`);
      const content = `${member === 0 ? 'Anna' : 'Ahmed'} asks ${words.join(' ')} of us today`;
      return {
        id: `p${pair}-${member}`,
        messages: [{ role: 'user', content }],
        reference: 'yes',
        referenceOrigin: 'independent',
        options: [],
        cluster: `p${pair}`,
        pair: `p${pair}`,
      };
    });
  }

  async function detectPairs(
    whole: number,
    fairness: object,
    changes: object = {},
  ): Promise<readonly DetectableDifference[]> {
    const store = createMemoryStore();
    const policy = DEFAULT_CONTAMINATION_POLICY;
    const samples = pairsOf(whole);
    const { digest } = await freezeEvalSet(store, 'names', samples, createRedactor(), policy);
    const gate = {
      superiorityOn: 'frozen:names',
      fairness: [{ suite: 'frozen:names', ...fairness }],
      ...changes,
    };
    const evals = [{ name: 'names', digest }];
    const path = await createDataPath({ evals, gate }, undefined, async () => store);
    try {
      path.writeLog('w1.jsonl', logLines(makeTickets('w1', 60, '2025-12-29', '2026-01-05')));
      const { input } = await path.build(0);
      return await detectBeforeTraining(path.deps, path.configuration, input);
    } finally {
      path.close();
    }
  }

  test('a margin that they cannot show is refused, by their number and not by that of their members', async () => {
    await assert.rejects(
      detectPairs(60, { margin: 0.02 }),
      /a margin of 2\.0 points on frozen:names is finer than its 60 clean pairs can show \(\d+\.\d points; it takes about 1,\d{3}\)/,
    );
  });

  test('it is told what they can show, where that is enough or allowed', async () => {
    for (const [margin, changes] of [
      [0.3, {}],
      [0.02, { finerMargins: 'tell' }],
    ] as const) {
      const [samples, pairs, ...others] = await detectPairs(60, { margin }, changes);
      assert.deepEqual(others, []);
      assert.deepEqual([samples?.count, samples?.wantedMargin], [121, null]);
      assert.deepEqual([pairs?.unit, pairs?.count, pairs?.wantedMargin], ['pairs', 60, margin]);
      assert.match(
        pairs === undefined ? '' : describeDetectable(pairs),
        /^frozen:names can show differences of \d+\.\d points, margins of \d+\.\d and caps of 4\.9 % \(60 clean pairs\)$/,
      );
    }
  });

  test('a cap that they could not show with every one treated alike is refused, and lower ones are told', async () => {
    await assert.rejects(
      detectPairs(40, { margin: 0.3 }),
      /a cap of 5\.0 % on frozen:names is lower than its clean pairs can show if not one of them fails \(7\.2 %; it takes 59, each a cluster of its own\)\. Nothing was spent/,
    );
    const [, pairs] = await detectPairs(40, { margin: 0.3 }, { finerMargins: 'tell' });
    assert.deepEqual([pairs?.cap?.wanted, pairs?.cap?.clustersWanted], [0.05, 59]);
    await detectPairs(59, { margin: 0.3 });
    await detectPairs(40, { margin: 0.3, cap: 0.08 });
    await assert.rejects(
      detectPairs(60, { margin: 0.3, cap: 0 }),
      /a cap of 0\.0 % on frozen:names .*no number is enough/,
    );
    await assert.rejects(
      detectPairs(58, { margin: 0.3 }),
      /a cap of 5\.00 % on frozen:names is lower .* \(5\.03 %; it takes 59/,
    );
    await assert.rejects(
      detectPairs(0, { margin: 1 }),
      /a cap of 5\.0 % on frozen:names cannot be shown by its clean pairs, of which none counts \(it takes 59/,
    );
  });
});

describe('before training, of suites of safety', () => {
  test('a cap that their samples could not show without a single failure is refused', async () => {
    const safety = [{ suite: 'holdout', cap: 0.05, margin: 0.9 }];
    await assert.rejects(
      detectWith({ safety }),
      /a cap of 5\.0 % on holdout is lower than its clean samples can show .* it takes 59/,
    );
    const [, holdout] = await detectWith({ safety, finerMargins: 'tell' });
    assert.ok((holdout?.cap?.shown ?? 0) > 0.1);
    await detectWith({ safety: [{ suite: 'holdout', cap: 0.6, margin: 0.9 }] });
  });
});
