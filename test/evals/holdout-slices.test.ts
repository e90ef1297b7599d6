import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { decide } from '../../activities/deciding.js';
import { evaluate } from '../../activities/evaluating.js';
import { HOLDOUT_SUITE } from '../../activities/samples.js';
import type { ChatClient } from '../../src/domain/chat.js';
import type { EvaluateResult } from '../../src/domain/contracts.js';
import type { Evidence } from '../../src/domain/gate.js';
import { canonicalJson } from '../../src/domain/json.js';
import type { Sample } from '../../src/domain/sample.js';
import { sliceHoldout } from '../../src/evals/holdout-slices.js';
import { recomputeDecision } from '../../src/gate/evidence.js';
import { loadLanguageDetector } from '../../src/select/language-detector.js';
import { readJson } from '../../src/storage/objects.js';
import { createDataPath, type DataPath } from '../support/data-path.js';
import { logLines } from '../support/project.js';
import { makeTickets } from '../support/traffic.js';

function sampleOf(id: string, question: string, reference: string | null): Sample {
  return {
    id,
    messages: [{ role: 'user', content: question }],
    reference,
    referenceOrigin: 'independent',
    options: [],
    cluster: id,
  };
}

const GERMAN = 'Wo finde ich bitte die Rechnung für meine letzte Bestellung bei Ihnen im Haus?';
const ENGLISH = 'Where would I find the invoice for the last order that I made with your shop?';

describe('holdout samples', () => {
  test('are told apart by their references, white space aside, and by the language of the question', async () => {
    const samples = [
      sampleOf('a', GERMAN, ' billing\n'),
      sampleOf('b', ENGLISH, 'billing'),
      sampleOf('c', 'ok?', 'lost  parcel'),
      sampleOf('d', ENGLISH, null),
    ];
    const languageOf = await loadLanguageDetector();
    const both = sliceHoldout(samples, ['reference', 'language'], languageOf);
    assert.deepEqual(
      both.map(({ slices }) => slices),
      [
        ['reference:billing', 'language:de'],
        ['reference:billing', 'language:en'],
        ['reference:lost parcel'],
        ['language:en'],
      ],
    );
    const [one] = sliceHoldout(samples, ['language'], languageOf);
    assert.deepEqual(one?.slices, ['language:de']);
  });

  test('are in no slice by references that are texts of their own, or more than 50', () => {
    const never = (): null => null;
    const many = (count: number): readonly Sample[] =>
      Array.from({ length: count }, (_, index) => sampleOf(`${index}`, 'q', `kind ${index}`));
    const sliced = (samples: readonly Sample[]): number =>
      sliceHoldout(samples, ['reference'], never).filter(({ slices }) => slices).length;
    assert.equal(sliced(many(50)), 50);
    assert.equal(sliced(many(51)), 0);
    assert.equal(sliced([sampleOf('a', 'q', 'x'.repeat(65)), sampleOf('b', 'q', 'short')]), 1);
  });
});

describe('a candidate that gets one kind of answer wrong', () => {
  const open: DataPath[] = [];
  after(() => {
    for (const path of open.splice(0)) path.close();
  });
  const TICKETS = makeTickets('w1', 500, '2025-12-29', '2026-01-05');
  const labels = new Map(TICKETS.map(({ text, label }) => [text, label]));

  /** The champion is right on what goes to billing, the candidate on everything else. */
  const chat: ChatClient = {
    complete: async ({ model, messages }) => {
      const question = messages.at(-1)?.content ?? '';
      const right = labels.get(question) ?? '';
      const isRight = model === 'candidate' ? right !== 'billing' : right === 'billing';
      return {
        content: isRight ? right : 'none',
        finishReason: 'stop',
        promptTokens: 1,
        completionTokens: 1,
      };
    },
  };

  async function decided(slices: object): Promise<Evidence & { readonly told: string }> {
    const path = await createDataPath({ gate: { superiorityOn: 'holdout', slices } });
    open.push(path);
    Object.assign(path.deps, { chatFor: () => chat });
    path.writeLog('w1.jsonl', logLines(TICKETS));
    const { input, release } = await path.build(0);
    const answers: EvaluateResult[] = [];
    for (const suite of ['frozen:tickets', HOLDOUT_SUITE]) {
      for (const role of ['champion', 'candidate'] as const) {
        const asked = { ...input, release, candidate: 'candidate', role, suite };
        answers.push(await evaluate(path.deps, asked, new AbortController().signal));
      }
    }
    const asked = { ...input, release, candidate: 'candidate', answers };
    const { evidenceKey, reasons } = await decide(path.deps, asked);
    const evidence = await readJson<Evidence>(path.deps.store, evidenceKey);
    return { ...evidence, told: reasons.join('\n') };
  }

  test('is held where the holdout is told apart by its references, and promoted where it is not', async () => {
    const blind = await decided({ minimumCount: 10 });
    assert.equal(blind.result.decision, 'promote');
    const { told, ...evidence } = await decided({ minimumCount: 10, holdout: ['reference'] });
    assert.equal(evidence.result.decision, 'hold');
    const check = evidence.result.checks.find(({ name }) => name === 'slices');
    assert.equal(check?.outcome, 'fail');
    assert.match(check.reason, /reference:billing/);
    assert.doesNotMatch(check.reason, /reference:shipping/);
    // What a workflow is told holds no text of a log.
    assert.match(told, /worse by more than 3\.0 points .*: one reference of holdout \(-/);
    assert.doesNotMatch(told, /billing/);
    assert.equal(canonicalJson(recomputeDecision(evidence)), canonicalJson(evidence.result));
  });
});
