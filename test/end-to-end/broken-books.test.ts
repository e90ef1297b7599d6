import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createActivities } from '../../activities/create-activities.js';
import type { RunStep, StepContext } from '../../activities/dependencies.js';
import { runStepHere } from '../../activities/step-runner.js';
import type { StepInput, StepResult } from '../../src/domain/contracts.js';
import { readChainHead } from '../../src/release/chain.js';
import { type Step, stepKey } from '../../src/release/layout.js';
import { createDependencies } from '../../src/worker.js';
import { failureOf, startLoop, type Loop } from '../support/loop.js';
import { logLines, MODEL, SECRETS } from '../support/project.js';
import { makeTickets } from '../support/traffic.js';

const WINDOW = '2026-W01';

/** A step that lost a record on its way, and how its books look then. */
const LOSSES: readonly {
  readonly what: string;
  readonly step: Step;
  readonly lose: (books: StepResult['books']) => StepResult['books'];
  readonly told: RegExp;
}[] = [
  {
    what: 'keeps one record fewer and says nothing of it',
    step: 'dedupe',
    lose: (books) => ({ ...books, kept: books.kept - 1 }),
    told: /the books of dedupe don't balance: read \d+/,
  },
  {
    what: 'never read one of the records that the step before kept',
    step: 'split',
    lose: (books) => ({ ...books, read: books.read - 1, kept: books.kept - 1 }),
    told: /the books don't balance: step ingest kept \d+ records, step split read \d+/,
  },
];

/** Runs steps as they are, but for the books that one of them leaves behind. */
function losing(
  loop: Loop,
  context: StepContext,
  step: Step,
  lose: (books: StepResult['books']) => StepResult['books'],
): RunStep {
  return async (name, input) => {
    const result = (await runStepHere(context, name, input)) as StepResult;
    if (name !== step) return result;
    const books = lose(result.books);
    loop.tamper(stepKey((input as StepInput).manifestKey, step, 'result.json'), () =>
      JSON.stringify({ ...result, books }),
    );
    return { ...result, books };
  };
}

for (const { what, step, lose, told } of LOSSES) {
  test(`a run whose step ${step} ${what} fails, and no release comes of it`, async () => {
    const loop = await startLoop({ firstWindow: WINDOW });
    try {
      loop.project.writeLog(
        'w1.jsonl',
        logLines(makeTickets('w1', 60, '2025-12-29', '2026-01-05')),
      );
      const { loaded, storeUri, store } = loop.project;
      const options = { loaded, secrets: SECRETS, storeUri, store };
      const deps = await createDependencies(options, loop.client);
      const lossy = createActivities({ ...deps, runStep: losing(loop, deps, step, lose) });
      const failure = await loop.temporal.withWorker('holdfast', lossy, () =>
        failureOf(loop.run(WINDOW)),
      );
      assert.match(failure, told);
      assert.equal((await readChainHead(loop.project.store, MODEL)).entry, null);
      for await (const { key } of loop.project.store.list('releases/')) assert.fail(key);
    } finally {
      await loop.close();
    }
  });
}
