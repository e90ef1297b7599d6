import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectBooks } from '../../activities/release-books.js';
import { openWindow } from '../../activities/window-state.js';
import type { StepResult } from '../../src/domain/contracts.js';
import { canonicalJson } from '../../src/domain/json.js';
import { type Step, stepKey } from '../../src/release/layout.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { readJson } from '../../src/storage/objects.js';
import { createDataPath } from '../support/data-path.js';
import { logLines } from '../support/project.js';
import { makeTickets } from '../support/traffic.js';

type Change = (result: StepResult) => StepResult;

/** One record less in a step's books, which still balance. */
const losing: Change = ({ books, outputs }) => ({
  outputs,
  books: { ...books, read: books.read - 1, kept: books.kept - 1 },
});

/** One row less in a step's output. */
const without =
  (name: string): Change =>
  ({ books, outputs }) => {
    const output = outputs[name] ?? assert.fail(name);
    return { books, outputs: { ...outputs, [name]: { ...output, count: output.count - 1 } } };
  };

const LOSSES: readonly (readonly [Step, Change, RegExp])[] = [
  ['select', without('holdout'), /step select kept \d+ records, its files hold \d+/],
  ['assemble', losing, /step select and history hold \d+ records, step assemble read \d+/],
  ['decontaminate', without('rows'), /decontaminate kept \d+ records, the release holds \d+/],
];

/** The store as it is, but for what one step left behind. */
function changing(store: ObjectStore, key: string, result: StepResult): ObjectStore {
  const bytes = Buffer.from(canonicalJson(result));
  async function* changed(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  return {
    ...store,
    get: async (asked, ...range) => (asked === key ? changed() : store.get(asked, ...range)),
  };
}

test('a record lost between two steps, or between a step and the release, is an invariant broken', async () => {
  const path = await createDataPath();
  try {
    path.writeLog('w1.jsonl', logLines(makeTickets('w1', 30, '2025-12-29', '2026-01-05')));
    await path.build(0);
    path.writeLog('w2.jsonl', logLines(makeTickets('w2', 30, '2026-01-05', '2026-01-12')));
    const { input, manifest } = await path.build(1);
    const { store } = path.deps;
    const state = await openWindow(store, input);
    assert.deepEqual(await collectBooks(store, input, state), manifest.books);
    for (const [step, change, told] of LOSSES) {
      const key = stepKey(input.manifestKey, step, 'result.json');
      const changed = changing(store, key, change(await readJson<StepResult>(store, key)));
      await assert.rejects(collectBooks(changed, input, state), told, step);
    }
  } finally {
    path.close();
  }
});
