import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isUnknown } from '../../activities/suspecting.js';
import { readOutput } from '../../activities/window-state.js';
import type { ChatAnswer } from '../../src/domain/chat.js';
import type { Finding } from '../../src/domain/finding.js';
import type { Example } from '../../src/domain/record.js';
import { openPooledWeeks, type PooledWeeks, weekTickets } from '../support/pooled-weeks.js';

/** Says the frozen sample of the data path in other words. */
const REWORDED =
  'Lost: a parcel. Please tell me which queue, of the four there are, it belongs in.';

const judge = { baseURL: 'http://127.0.0.1:1/v1', model: 'm', keyVariable: 'JUDGE_KEY' };

/** Weeks whose champion knows these texts, and a judge that calls each pair the same; it is asked about one pair. */
async function openJudgedWeeks(texts: readonly string[]): Promise<PooledWeeks> {
  const champion = texts.map((content, index) => ({
    id: `c${index}`,
    messages: [
      { role: 'user', content },
      { role: 'assistant', content: 'elsewhere' },
    ],
  }));
  const weeks = await openPooledWeeks({}, champion);
  const { detection } = weeks.path.configuration;
  weeks.path.configuration = {
    ...weeks.path.configuration,
    detection: {
      rephrasings: { ...detection.rephrasings, lexical: false },
      tiers: { judge: { ...judge, concurrency: 1 }, maximumPairs: 1 },
    },
  };
  const complete = async (): Promise<ChatAnswer> => ({
    content: '{"same": true}',
    finishReason: null,
    promptTokens: 0,
    completionTokens: 0,
  });
  Object.assign(weeks.path.deps, { judgeFor: () => ({ complete }) });
  return weeks;
}

test('what a pool holds of earlier weeks takes no pair that a judge is asked about from frozen sets', async () => {
  const scout = await openPooledWeeks();
  const [held] = await (await scout.build(0)).read<Example>('holdout');
  const ticket = weekTickets(scout.path, 0, 60).find(({ id }) => id === held?.id) ?? assert.fail();
  scout.close();
  const weeks = await openJudgedWeeks([REWORDED, ticket.text.split(' ').reverse().join(' ')]);
  try {
    await weeks.build(0);
    const { input } = await weeks.build(1);
    const findings = await readOutput<Finding>(
      weeks.path.deps.store,
      input,
      'decontaminate',
      'championFindings',
    );
    const told = findings.filter((finding) => finding.level === 'suspect' && !isUnknown(finding));
    assert.deepEqual(
      told.map(({ sampleSet, sampleId }) => [sampleSet, sampleId]),
      [
        ['tickets', 'frozen-1'],
        ['holdout:2026-W01', ticket.id],
      ],
    );
  } finally {
    weeks.close();
  }
});
