import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { DEFAULT_CONTAMINATION_POLICY } from '../../src/contamination/policy.js';
import type { ChatClient } from '../../src/domain/chat.js';
import type { RedactionAction } from '../../src/domain/personal-data.js';
import type { Sample } from '../../src/domain/sample.js';
import { freezeEvalSet } from '../../src/evals/eval-set.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { keys } from '../../src/release/layout.js';
import { readBytes } from '../../src/storage/objects.js';
import { createDataPath, type DataPath } from '../support/data-path.js';
import { measureWindow } from '../support/measure-window.js';
import { logLines } from '../support/project.js';
import { makeTickets } from '../support/traffic.js';

const ORDERS = ['kettle', 'lantern', 'hammock', 'bicycle', 'mirror', 'blanket'];

/** Two letters a pair: the same order, by two people. `isTold` says whether they also differ in what is no name. */
function pairsOf(isTold: boolean): readonly Sample[] {
  return ORDERS.flatMap((order) =>
    ['Ann Lee', 'Omar Said'].map((who, member): Sample => {
      const place = isTold ? ['Leeds', 'Derby'][member] : 'York';
      const asks = `when does the ${order} that I ordered for my flat in ${place} arrive at last`;
      return {
        id: `${order}-${member}`,
        messages: [{ role: 'user', content: `Dear ${who},\n${asks}` }],
        reference: `Dear ${who},\nthe ${order} is on its way`,
        referenceOrigin: 'independent',
        options: [],
        cluster: order,
        pair: order,
      };
    }),
  );
}

describe('a set of letters that was frozen with the names in it, once names are masked', () => {
  let path: DataPath;
  beforeEach(async () => {
    path = await createDataPath();
    path.writeLog('w1.jsonl', logLines(makeTickets('w1', 60, '2025-12-29', '2026-01-05')));
  });
  afterEach(() => path.close());

  async function pin(samples: readonly Sample[]): Promise<void> {
    const { store } = path.deps;
    const policy = DEFAULT_CONTAMINATION_POLICY;
    const { digest } = await freezeEvalSet(store, 'letters', samples, createRedactor(), policy);
    const { configuration } = path;
    path.configuration = {
      ...configuration,
      evals: [...configuration.evals, { name: 'letters', digest, scorer: 'exact' }],
    };
  }

  function names(name: RedactionAction): void {
    const { redaction } = path.configuration;
    const types = { ...redaction.types, name };
    path.configuration = { ...path.configuration, redaction: { ...redaction, types } };
  }

  test('is shown by report and card as models were asked it, not as it was frozen', async () => {
    await pin(pairsOf(true));
    names('mask');
    const asked = new Set<string>();
    const models: ChatClient = {
      complete: async ({ model, messages }) => {
        const question = messages.at(-1)?.content ?? '';
        asked.add(question);
        const order = ORDERS.find((each) => question.includes(each)) ?? '';
        const isRight = model === 'champion' || question.includes('Leeds');
        const content = isRight ? `Dear [NAME_1],\nthe ${order} is on its way` : 'no idea';
        return { content, finishReason: 'stop', promptTokens: 1, completionTokens: 1 };
      },
    };
    Object.assign(path.deps, { chatFor: () => models });
    const built = await path.build(0);
    const { report, evidence, evidenceDigest } = await measureWindow(path.deps, built, 'ft:week-1');
    const suite = evidence.suites.find((each) => each.suite === 'frozen:letters');
    assert.deepEqual([suite?.clean?.championScore, suite?.clean?.candidateScore], [1, 0.5]);
    const question = 'Dear [NAME_1],\nwhen does the kettle that I ordered for my flat in Derby';
    assert.ok([...asked].some((each) => each.startsWith(question)));
    assert.match(report, /flat in Derby arrive at last/);
    const key = keys.modelCard('triage', '2026-W01', evidenceDigest);
    const card = new TextDecoder().decode(await readBytes(path.deps.store, key));
    assert.match(card, /flat in Derby arrive at last/);
    for (const page of [report, card]) {
      assert.match(page, /NAME\\?_1/);
      assert.doesNotMatch(page, /Ann Lee|Omar Said/);
    }
  });

  test('stops a window whose pairs differ in nothing any more, before anything is spent', async () => {
    await pin(pairsOf(false));
    await path.build(0);
    names('mask');
    await assert.rejects(path.build(0, true), {
      name: 'DataError',
      code: 'eval-pair-incomplete',
      message:
        /samples kettle-0 and kettle-1 of letters are of one pair and ask the same once personal data is redacted/,
    });
  });
});
