import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { closingProblem, type LifeQuestion } from '../../src/providers/closing-dates.js';
import { createOpenAICompatibleHost } from '../../src/providers/openai-compatible.js';

const MINI = 'gpt-4o-mini-2024-07-18';

/** About a model that answers for ever at a host of one's own, but for what is said otherwise. */
function problemOf(changes: Partial<LifeQuestion>): string | null {
  return closingProblem({
    provider: 'openai-compatible',
    baseURL: 'http://127.0.0.1:8080/v1',
    baseModel: 'small-base',
    today: '2026-12-01',
    days: 90,
    listed: [],
    ...changes,
  });
}

describe('the days that OpenAI published', () => {
  const hosts: readonly (readonly [string, boolean])[] = [
    ['https://api.openai.com/v1', true],
    ['https://API.OpenAI.com:443/v1/', true],
    ['https://eu.api.openai.com/v1', true],
    ['https://api.openai.com.example.org/v1', false],
    ['https://notapi.openai.com/v1', false],
    ['https://me.openai.azure.com/openai/v1', false],
    ['http://127.0.0.1:8080/api.openai.com/v1', false],
  ];
  for (const [baseURL, isOpenAI] of hosts) {
    test(`${isOpenAI ? 'hold' : 'do not hold'} at ${baseURL}`, () => {
      assert.equal(problemOf({ baseURL, baseModel: MINI }) !== null, isOpenAI);
      assert.equal(problemOf({ baseURL, today: '2027-01-06' }) !== null, isOpenAI);
    });
  }

  test('are told as OpenAI’s, also behind an address that is not', () => {
    const told = problemOf({ provider: 'openai', baseModel: MINI });
    assert.match(told ?? '', /is shut down on 2027-01-14, in 44 days, .* as OpenAI published by/);
  });
});

describe('the day that a user knows', () => {
  test('refuses a base model that its host lists without one, or does not list', () => {
    const ends = '2027-02-28';
    for (const listed of [null, [], [{ id: 'small-base', shutdownDate: null }]]) {
      assert.match(
        problemOf({ ends, listed }) ?? '',
        /small-base is shut down on 2027-02-28, in 89 days, .* as train\.baseModelEnds says; /,
      );
      assert.equal(problemOf({ ends: '2027-03-01', listed }), null);
    }
  });

  test('counts where it is before the provider’s, and not where it is after', () => {
    const [early, late] = ['2026-12-10', '2026-12-20'];
    const listedOn = (shutdownDate: string): Partial<LifeQuestion> => ({
      listed: [{ id: 'small-base', shutdownDate }],
    });
    assert.match(problemOf({ ends: early, ...listedOn(late) }) ?? '', /in 9 days.*baseModelEnds/);
    assert.match(
      problemOf({ ends: late, ...listedOn(early) }) ?? '',
      /in 9 days.*as the provider's list of models says/,
    );
  });
});

describe('the days that a host lists with its models', () => {
  /** 2027-01-14 and 2027-07-14, in seconds since 1970 as Azure has them. */
  const [JANUARY, JULY] = [1_799_884_800, 1_815_523_200];

  async function listed(model: object): Promise<LifeQuestion['listed']> {
    const host = createOpenAICompatibleHost({
      ...{ baseURL: 'http://127.0.0.1:1/v1', key: 'k' },
      fetch: () => Promise.resolve(Response.json({ data: [{ id: 'small-base', ...model }] })),
    });
    return host.models();
  }

  test('are read in OpenAI’s words and in Azure’s, and the earlier counts', async () => {
    const cases: readonly (readonly [object, string | null])[] = [
      [{ shutdown_date: '2027-01-14' }, '2027-01-14'],
      [{ shutdown_date: JANUARY }, '2027-01-14'],
      [{ deprecation: { inference: JANUARY } }, '2027-01-14'],
      [{ shutdown_date: '2027-01-10', deprecation: { inference: JANUARY } }, '2027-01-10'],
      [{ shutdown_date: JULY, deprecation: { inference: JANUARY } }, '2027-01-14'],
      [{ deprecation: { inference: 'soon' } }, null],
      [{ deprecation: 'soon' }, null],
      [{ deprecation: null }, null],
    ];
    for (const [model, shutdownDate] of cases) {
      assert.deepEqual(await listed(model), [{ id: 'small-base', shutdownDate }]);
    }
  });

  test('refuse a base model that answers on, but takes no jobs any more', async () => {
    const models = await listed({ deprecation: { fine_tune: JANUARY, inference: JULY } });
    assert.match(
      problemOf({ listed: models, today: '2027-01-14' }) ?? '',
      /small-base takes no fine-tuning jobs since 2027-01-14, as the provider's list/,
    );
    assert.equal(problemOf({ listed: models, today: '2027-01-13' }), null);
  });
});
