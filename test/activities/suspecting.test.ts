import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { runStepHere } from '../../activities/step-runner.js';
import type { Books } from '../../src/domain/books.js';
import type { ChatAnswer } from '../../src/domain/chat.js';
import type { Configuration } from '../../src/domain/configuration.js';
import type { StepResult } from '../../src/domain/contracts.js';
import type { Finding } from '../../src/domain/finding.js';
import type { Example } from '../../src/domain/record.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';
import { type BuiltWindow, createDataPath, type DataPath } from '../support/data-path.js';
import { makeTickets, toLogLine, type Ticket } from '../support/traffic.js';

/** The frozen sample of the data path asks this in the same words and in another order. */
const REWORDED =
  'Lost: a parcel. Please tell me which queue, of the four there are, it belongs in.';

interface Built {
  readonly path: DataPath;
  readonly window: BuiltWindow;
}

/** A week of tickets and one rewording of the frozen sample on the side of training. */
async function buildWithRewording(
  changes: object,
  stored: (configuration: Configuration) => object = (configuration) => configuration,
): Promise<Built> {
  for (let attempt = 0; ; attempt += 1) {
    assert.ok(attempt < 20, 'every conversation is held out');
    const path = await createDataPath(changes);
    path.configuration = stored(path.configuration) as Configuration;
    const tickets = makeTickets('w', 30, '2025-12-29', '2026-01-05');
    const [first] = tickets;
    assert.ok(first !== undefined);
    const reworded: Ticket = {
      ...first,
      id: `reworded-${attempt}`,
      text: REWORDED,
      conversation: `reworded-${attempt}`,
    };
    const lines = [...tickets, reworded].map((ticket) => toLogLine(ticket, ticket.label));
    path.writeLog('w.jsonl', lines);
    const window = await path.build(0);
    const examples = await window.read<Example>('examples');
    if (examples.some(({ id }) => id === reworded.id)) return { path, window };
    path.close();
  }
}

/** A configuration as it was stored before there was such a section. */
function withoutDetection(configuration: Configuration): object {
  return Object.fromEntries(
    Object.entries(configuration).filter(([section]) => section !== 'detection'),
  );
}

function booksOf({ manifest }: BuiltWindow): Books {
  return manifest.books.find(({ stage }) => stage === 'decontaminate') ?? assert.fail();
}

describe('suspects in the weekly run', () => {
  test('a row that says an eval sample in other words stays out of the release, and is counted', async () => {
    const { path, window } = await buildWithRewording({});
    try {
      const rows = await window.read<Example>('rows');
      assert.ok(rows.every(({ id }) => !id.startsWith('reworded')));
      assert.deepEqual(booksOf(window).quarantined, { 'suspect-tickets': 1 });
      assert.equal(booksOf(window).notes?.['finding-suspect'], 1);
      const findings = await window.read<Finding>('findings');
      const [suspect, ...others] = findings.filter(({ level }) => level === 'suspect');
      assert.deepEqual([suspect?.sampleId, others.length], ['frozen-1', 0]);
    } finally {
      path.close();
    }
  });

  test('where suspects are for review it stays in, and the finding is there for whoever looks', async () => {
    const { path, window } = await buildWithRewording({
      detection: { rephrasings: { action: 'review' } },
    });
    try {
      const rows = await window.read<Example>('rows');
      assert.equal(rows.filter(({ id }) => id.startsWith('reworded')).length, 1);
      assert.deepEqual(booksOf(window).quarantined, {});
      assert.equal(booksOf(window).notes?.['finding-suspect'], 1);
    } finally {
      path.close();
    }
  });

  test('where the tier is off, nothing is suspected', async () => {
    const { path, window } = await buildWithRewording({
      detection: { rephrasings: { lexical: false } },
    });
    try {
      assert.equal((await window.read<Example>('rows')).length > 0, true);
      assert.equal(booksOf(window).notes?.['finding-suspect'], undefined);
    } finally {
      path.close();
    }
  });

  test('a configuration that was stored before there was such a section suspects nothing', async () => {
    const { path, window } = await buildWithRewording({}, withoutDetection);
    try {
      assert.deepEqual(booksOf(window).quarantined, {});
      assert.equal(booksOf(window).notes?.['finding-suspect'], undefined);
    } finally {
      path.close();
    }
  });

  describe('where a judge is asked', () => {
    const judge = {
      baseURL: 'http://127.0.0.1:1/v1',
      model: 'm',
      keyVariable: 'JUDGE_KEY',
    };
    const detection = { rephrasings: { lexical: false }, tiers: { judge } };
    let path: DataPath;
    let answer = '';
    let asked = 0;
    let isStoreAway = false;

    beforeEach(async () => {
      const memory = createMemoryStore();
      const store: typeof memory = {
        ...memory,
        putIfAbsent: async (key, body) => {
          const isResult = key.endsWith('decontaminate/result.json');
          if (isResult && isStoreAway) throw new Error('the store is away');
          return memory.putIfAbsent(key, body);
        },
      };
      path = await createDataPath({ detection }, [], async () => store);
      const complete = async (): Promise<ChatAnswer> => {
        asked += 1;
        return { content: answer, finishReason: null, promptTokens: 0, completionTokens: 0 };
      };
      Object.assign(path.deps, { judgeFor: () => ({ complete }) });
      // Enough conversations for some to be on the side of training.
      const [ticket] = makeTickets('w', 1, '2025-12-29', '2026-01-05');
      const lines = Array.from({ length: 20 }, (_, index) => ({
        ...(ticket ?? assert.fail()),
        id: `reworded-${index}`,
        text: `${REWORDED} ${'again '.repeat(index)}`,
        conversation: `reworded-${index}`,
      }));
      path.writeLog(
        'w.jsonl',
        lines.map((line) => toLogLine(line, line.label)),
      );
    });
    afterEach(() => path.close());

    test('an attempt that wrote rows and no result leaves nothing that the next one stumbles over', async () => {
      [answer, isStoreAway] = ['the host is down', true];
      await assert.rejects(path.build(0), /the store is away/);
      [answer, isStoreAway] = ['{"same": false}', false];
      const window = await path.build(0);
      assert.deepEqual(booksOf(window).quarantined, {});
      assert.ok((await window.read<Example>('rows')).length > 0);
    });

    test('a step that is done stays as it was written; a window that is reopened asks anew', async () => {
      answer = 'the host is down';
      const first = await path.build(0);
      assert.ok(Object.values(booksOf(first).quarantined).some((count) => count > 0));
      [answer, asked] = ['{"same": false}', 0];
      const again = (await runStepHere(path.deps, 'decontaminate', first.input)) as StepResult;
      assert.deepEqual([again.books, asked], [booksOf(first), 0]);
      assert.deepEqual(booksOf(await path.build(0, true)).quarantined, {});
    });
  });
});
