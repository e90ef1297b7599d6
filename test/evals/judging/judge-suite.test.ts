import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import { ConfigError, ProviderError } from '../../../src/domain/errors.js';
import { sumCounts } from '../../../src/domain/judging.js';
import type { Sample } from '../../../src/domain/sample.js';
import { judgedScores } from '../../../src/evals/judging/judged-scores.js';
import { judgeSuite, type JudgedSuite } from '../../../src/evals/judging/judge-suite.js';
import { createVerdictStore } from '../../../src/evals/judging/verdict-store.js';
import type { SuiteAnswer } from '../../../src/evals/run-suite.js';
import { createMemoryStore } from '../../../src/storage/memory-store.js';
import { biased, honest, JUDGE_MODEL, pairIn, startJudge } from '../../support/judge-host.js';
import { refuse } from '../../support/local-host.js';

const COUNT = 12;

function sampleOf(index: number): Sample {
  return {
    id: `s${index}`,
    messages: [{ role: 'user', content: `question ${index}` }],
    reference: null,
    referenceOrigin: 'independent',
    options: [],
    cluster: `s${index}`,
  };
}

const samples = Array.from({ length: COUNT }, (_, index) => sampleOf(index));
const answersOf = (text: string): readonly SuiteAnswer[] =>
  samples.map(({ id }) => ({ sampleId: id, output: `${text} ${id}`, error: null }));

type Judge = Awaited<ReturnType<typeof startJudge>>;

function suiteOf({ judge, client }: Judge, changes: Partial<JudgedSuite> = {}): JudgedSuite {
  return {
    client,
    judge,
    samples,
    champion: answersOf('poor'),
    candidate: answersOf('good'),
    judged: ['ft:champion', 'ft:candidate'],
    verdicts: createVerdictStore(createMemoryStore(), judge),
    ...changes,
  };
}

function scoresOf({ verdicts }: Awaited<ReturnType<typeof judgeSuite>>): {
  readonly scores: readonly (readonly [number | null, number | null])[];
  readonly counts: ReturnType<typeof sumCounts>;
} {
  const all = verdicts.map(judgedScores);
  return {
    scores: all.map(({ champion, candidate }) => [champion, candidate]),
    counts: sumCounts(all.map(({ counts }) => counts)),
  };
}

describe('a judge', () => {
  test('that is honest is asked about every pair in both orders, and gives 1 and 0', async () => {
    const host = await startJudge(honest);
    const { scores, counts } = scoresOf(await judgeSuite(suiteOf(host)));
    assert.deepEqual(scores, new Array(COUNT).fill([0, 1]));
    assert.equal(host.asked.length, 2 * COUNT);
    const firsts = host.asked.map((asked) => pairIn(asked).first.text.slice(0, 4));
    assert.deepEqual([...firsts].sort(), [
      ...new Array<string>(COUNT).fill('good'),
      ...new Array<string>(COUNT).fill('poor'),
    ]);
    assert.deepEqual(counts, {
      pairs: COUNT,
      equal: 0,
      consistent: COUNT,
      inconsistent: 0,
      abstained: 0,
      tookFirst: COUNT,
    });
  });

  test('stops where its budget is used up, and what it said before is not asked again', async () => {
    const host = await startJudge(honest);
    const verdicts = createVerdictStore(createMemoryStore(), host.judge);
    const within = (budget: object): JudgedSuite =>
      suiteOf(host, {
        judge: { ...host.judge, budget: { requests: null, tokens: null, ...budget } },
        verdicts,
      });
    await assert.rejects(judgeSuite(within({ requests: 10 })), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, /asked 10 times for \d+ tokens, as much as judge\.budget allows/);
      return true;
    });
    assert.equal(host.asked.length, 10);
    const whole = await judgeSuite(within({ requests: 2 * COUNT - 10 }));
    assert.equal(whole.verdicts.length, COUNT);
    // Those that were kept count as well.
    assert.equal(whole.replies, 2 * COUNT);
    assert.deepEqual(whole.tokens, { promptTokens: 80 * COUNT, completionTokens: 10 * COUNT });
    assert.equal(host.asked.length, 2 * COUNT);
    const client: JudgedSuite['client'] = {
      complete: async (request, signal) => ({
        ...(await host.client.complete(request, signal)),
        promptTokens: 90,
        completionTokens: 10,
      }),
    };
    const fresh = createVerdictStore(createMemoryStore(), host.judge);
    const judge = { ...host.judge, concurrency: 1, budget: { requests: null, tokens: 250 } };
    await assert.rejects(
      judgeSuite(suiteOf(host, { client, judge, verdicts: fresh })),
      /asked 3 times for 300 tokens/,
    );
  });

  test('does not learn whose answer is whose, and sees only references that depend on no answer', async () => {
    const host = await startJudge(honest);
    const [one, other] = samples.map((sample) => ({ ...sample, reference: `known ${sample.id}` }));
    assert.ok(one !== undefined && other !== undefined);
    const edited = { ...other, referenceOrigin: 'edited' } as const;
    await judgeSuite(suiteOf(host, { samples: [one, edited] }));
    const told = JSON.stringify(host.asked.map(({ body }) => body));
    assert.doesNotMatch(told, /champion|candidate|ft:|known s1/);
    assert.equal(told.match(/known s0/g)?.length, 2);
  });

  test('that always takes the first answer makes ties of all, and its consistency is 0', async () => {
    const { scores, counts } = scoresOf(await judgeSuite(suiteOf(await startJudge(biased))));
    assert.deepEqual(scores, new Array(COUNT).fill([0.5, 0.5]));
    assert.deepEqual([counts.consistent, counts.inconsistent], [0, COUNT]);
    assert.equal(counts.tookFirst, 2 * COUNT);
  });

  test('that says nothing readable leaves a sample out for both models, and that is counted', async () => {
    const odd = await startJudge((pair, ...rest) => {
      const number = Number(pair.conversation[0]?.text.split(' ')[1]);
      return number % 3 === 0 ? 'The first one, I think.' : honest(pair, ...rest);
    });
    const { scores, counts } = scoresOf(await judgeSuite(suiteOf(odd)));
    assert.deepEqual(
      scores,
      samples.map((_, index) => (index % 3 === 0 ? [null, null] : [0, 1])),
    );
    assert.deepEqual([counts.abstained, counts.consistent], [4, 8]);
  });

  test('that puts its object into a fence is understood, and one that says more is not', async () => {
    const fenced = await startJudge(
      (...given) => `\`\`\`json\n${String(honest(...given))}\n\`\`\``,
    );
    assert.equal(scoresOf(await judgeSuite(suiteOf(fenced))).counts.consistent, COUNT);
    const chatty = await startJudge(() => '{"better": "first", "why": "it is longer"}');
    assert.equal(scoresOf(await judgeSuite(suiteOf(chatty))).counts.abstained, COUNT);
  });

  test('is not asked about equal answers', async () => {
    const host = await startJudge(honest);
    const verdicts = await judgeSuite(suiteOf(host, { candidate: answersOf('poor') }));
    assert.equal(host.asked.length, 0);
    assert.deepEqual(scoresOf(verdicts).scores[0], [0.5, 0.5]);
    assert.equal(scoresOf(verdicts).counts.equal, COUNT);
  });

  test('compares the answers to a sample that were given in the same turn', async () => {
    const again = (...outputs: readonly string[]): readonly SuiteAnswer[] => [
      {
        sampleId: 's0',
        output: outputs[0] ?? '',
        further: outputs.slice(1).map((output) => ({ output })),
        error: null,
      },
    ];
    const verdicts = await judgeSuite(
      suiteOf(await startJudge(honest), {
        samples: samples.slice(0, 1),
        champion: again('poor', 'good', 'poor', 'alike'),
        candidate: again('good', 'poor', 'good one', 'alike'),
      }),
    );
    const { scores, counts } = scoresOf(verdicts);
    assert.deepEqual(scores, [[0.375, 0.625]]);
    assert.deepEqual([counts.pairs, counts.consistent, counts.equal], [4, 3, 1]);
  });

  test('that becomes another version midway stops the suite, and what it said before is kept', async () => {
    const store = createMemoryStore();
    const host = await startJudge(honest, (index) => (index < 7 ? JUDGE_MODEL : 'judge-7b-next'));
    const verdicts = createVerdictStore(store, host.judge);
    await assert.rejects(judgeSuite(suiteOf(host, { verdicts })), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, /answered as judge-7b-next, .* those of judge-7b-2026-01-15/);
      return true;
    });
    assert.ok(host.asked.length < 2 * COUNT, `${host.asked.length}`);
    const keys: string[] = [];
    for await (const { key } of store.list('verdicts/')) keys.push(key);
    assert.equal(keys.filter((key) => !key.endsWith('/served.json')).length, 7);
    // Another revision is another judge: it begins anew.
    const next = { ...host.judge, revision: 2 };
    const renewed = suiteOf(host, { judge: next, verdicts: createVerdictStore(store, next) });
    assert.equal(scoresOf(await judgeSuite(renewed)).counts.consistent, COUNT);
  });

  test('that is asked in another manner is another judge; without one its verdicts lie where they did', async () => {
    const store = createMemoryStore();
    const host = await startJudge(honest);
    const bare = { ...host.judge, baseURL: 'http://127.0.0.1:1/v1', concurrency: 4 };
    const judge = { ...bare, model: 'judge-2026-01-01', maximumTokens: 200 };
    const manners = [
      { temperature: 0, parameters: {}, limitField: 'max_tokens', reasoning: 'keep' },
      { temperature: null },
      { parameters: { reasoning_effort: 'low' } },
      { limitField: 'max_completion_tokens' },
      { reasoning: 'strip' },
    ] as const;
    const folders: string[] = [];
    for (const manner of [{}, ...manners]) {
      const verdicts = createVerdictStore(store, { ...judge, ...manner });
      await verdicts.assertServedAs('judge');
      for await (const { key } of store.list('verdicts/')) {
        const folder = key.split('/')[1] ?? '';
        if (!folders.includes(folder)) folders.push(folder);
      }
    }
    assert.equal(folders[0], '47c5582216f040f99fef15f905f8e6fe');
    assert.equal(folders.length, 5);
  });

  test('is sent what its section says, and 0 as its temperature where that says nothing', async () => {
    const plain = await startJudge(honest);
    await judgeSuite(suiteOf(plain, { samples: samples.slice(0, 1) }));
    const { messages, ...sent } = plain.asked[0]?.body as Readonly<Record<string, unknown>>;
    assert.ok(Array.isArray(messages));
    assert.deepEqual(sent, { model: JUDGE_MODEL, temperature: 0, max_tokens: 50 });
    const host = await startJudge(honest);
    const parameters = { reasoning_effort: 'low' };
    const asked = { temperature: null, limitField: 'max_completion_tokens', parameters } as const;
    const judge = { ...host.judge, ...asked };
    await judgeSuite(suiteOf(host, { judge, samples: samples.slice(0, 1) }));
    for (const { body } of host.asked) {
      const { messages: shown, ...rest } = body as Readonly<Record<string, unknown>>;
      assert.ok(Array.isArray(shown));
      const set = { model: JUDGE_MODEL, max_completion_tokens: 50 };
      assert.deepEqual(rest, { ...set, ...parameters });
    }
  });

  test('that thinks before it replies abstains, and has a word where its thought is none of it', async () => {
    const thinking = await startJudge((pair, index, response) => {
      const reply = honest(pair, index, response);
      return `<think>{"better": "tie"}?</think>\n\n${String(reply)}`;
    });
    const { counts } = scoresOf(await judgeSuite(suiteOf(thinking)));
    assert.equal(counts.abstained, COUNT);
    const judge = { ...thinking.judge, reasoning: 'strip' } as const;
    const stripped = scoresOf(await judgeSuite(suiteOf(thinking, { judge })));
    assert.deepEqual(stripped.scores, new Array(COUNT).fill([0, 1]));
  });

  test('whose replies are cut off says how many, also of those that were kept', async () => {
    const store = createMemoryStore();
    const host = await startJudge((pair, index) => ({
      model: JUDGE_MODEL,
      choices: [
        {
          message: { content: String(honest(pair, index, {} as ServerResponse)) },
          finish_reason: index < 5 ? 'length' : index < 7 ? 'content_filter' : 'stop',
        },
      ],
      usage: { prompt_tokens: 40, completion_tokens: 5 },
    }));
    const judging = async (): Promise<Awaited<ReturnType<typeof judgeSuite>>> =>
      judgeSuite(suiteOf(host, { verdicts: createVerdictStore(store, host.judge) }));
    const ends = { answers: 2 * COUNT, cut: 5, filtered: 2 };
    const first = await judging();
    assert.deepEqual(first.ends, ends);
    assert.deepEqual(await judging(), first);
    assert.equal(host.asked.length, 2 * COUNT);
    assert.ok(!('ends' in (await judgeSuite(suiteOf(await startJudge(honest))))));
  });

  test('that was interrupted is asked only for the rest', async () => {
    const store = createMemoryStore();
    const answered: string[] = [];
    let isDown = true;
    const host = await startJudge((pair, index, response) => {
      if (isDown && index >= 9) {
        response.destroy();
        return undefined;
      }
      answered.push(JSON.stringify(pair));
      return honest(pair, index, response);
    });
    const run = (): ReturnType<typeof judgeSuite> =>
      judgeSuite(suiteOf(host, { verdicts: createVerdictStore(store, host.judge) }));
    await assert.rejects(run(), ProviderError);
    assert.equal(answered.length, 9);
    isDown = false;
    assert.equal(scoresOf(await run()).counts.consistent, COUNT);
    assert.equal(answered.length, 2 * COUNT);
    assert.equal(new Set(answered).size, 2 * COUNT);
    await run();
    assert.equal(answered.length, 2 * COUNT);
  });

  test('has no word on a sample that its host refuses, and ends the run where it refuses all', async () => {
    const host = await startJudge((pair, index, response) =>
      pair.conversation[0]?.text === 'question 2'
        ? void response.end(refuse(response, 400))
        : honest(pair, index, response),
    );
    const { counts } = scoresOf(await judgeSuite(suiteOf(host)));
    assert.deepEqual([counts.abstained, counts.consistent], [1, COUNT - 1]);
    const shut = await startJudge((_, __, response) => void response.end(refuse(response, 422)));
    await assert.rejects(judgeSuite(suiteOf(shut)), ProviderError);
    assert.ok(shut.asked.length < 2 * COUNT + 1);
  });

  test('is refused where it is one of the judged, by its name or by what it answers as', async () => {
    const host = await startJudge(honest);
    const own = suiteOf(host, { judged: ['ft:champion', JUDGE_MODEL] });
    await assert.rejects(judgeSuite(own), /no model judges itself/);
    assert.equal(host.asked.length, 0);
    const disguised = await startJudge(honest, () => 'ft:candidate');
    await assert.rejects(judgeSuite(suiteOf(disguised)), /the judge is ft:candidate/);
  });

  test('whose host does not say which model answered is refused', async () => {
    const host = await startJudge(honest, () => null);
    await assert.rejects(judgeSuite(suiteOf(host)), /does not say which model answered/);
  });
});
