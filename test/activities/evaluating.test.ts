import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeWindow } from '../../activities/closing.js';
import { evaluate } from '../../activities/evaluating.js';
import type { ChatClient } from '../../src/domain/chat.js';
import type { EvaluateInput } from '../../src/domain/contracts.js';
import { windowAt } from '../../src/domain/window.js';
import type { SuiteAnswer } from '../../src/evals/run-suite.js';
import { readJsonl } from '../../src/storage/objects.js';
import { createTestDependencies } from '../support/dependencies.js';

const signal = new AbortController().signal;
const window = windowAt({ first: '2026-W01', weeks: 1 }, 0);

test('two attempts at once of one suite end with the same answers, though the model’s differ', async () => {
  let asked = 0;
  let open: () => void = () => undefined;
  const bothAsked = new Promise<void>((resolve) => {
    open = resolve;
  });
  const client: ChatClient = {
    complete: async () => {
      asked += 1;
      const content = `answer ${asked}`;
      if (asked === 2) open();
      await bothAsked;
      return { content, finishReason: 'stop', promptTokens: 1, completionTokens: 1 };
    },
  };
  const { deps, configure } = await createTestDependencies({ chatFor: () => client });
  const reference = await configure();
  const { manifestKey } = await closeWindow(deps, {
    ...reference,
    window,
    mode: 'run',
    reopen: false,
  });
  const input: EvaluateInput = {
    ...reference,
    window,
    manifestKey,
    release: 'r'.repeat(64),
    candidate: 'ft:b',
    role: 'candidate',
    suite: 'frozen:harbours',
  };
  const [one, other] = await Promise.all([1, 2].map(() => evaluate(deps, input, signal)));
  assert.equal(asked, 2);
  assert.ok(one !== undefined && one.answers !== null);
  assert.deepEqual(one, other);
  const answers = await readJsonl<SuiteAnswer>(deps.store, one.answers);
  assert.match(answers[0]?.output ?? '', /^answer [12]$/);
  assert.deepEqual(await evaluate(deps, input, signal), one);
});
