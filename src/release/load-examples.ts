import type { Evidence } from '../domain/gate.js';
import type { StepResult } from '../domain/contracts.js';
import type { ReleaseManifest } from '../domain/manifest.js';
import { POOLED_SUITE } from '../domain/pool.js';
import type { Example, Message, ToolCall } from '../domain/record.js';
import type { ObjectStore } from '../storage/object-store.js';
import { readBytes, readJson, readJsonl, sha256Hex } from '../storage/objects.js';
import type { AnsweredSample } from './answered-sample.js';
import { chooseExamples } from './choose-examples.js';
import type { AskedSamples } from './load-excerpts.js';
import { answersFile, stepKey } from './layout.js';
import { readPooledTexts, type ShownSample } from './pooled-texts.js';

/** The parts of an answer that are shown. */
interface GivenAnswer {
  readonly output: string | null;
  readonly toolCalls?: readonly ToolCall[];
}

interface StoredAnswer extends GivenAnswer {
  readonly sampleId: string;
  readonly further?: readonly GivenAnswer[];
}

/**
 * A few samples of each suite with both answers: what the candidate lost, won, and gets wrong as the champion does.
 * Suites whose answers the store does not hold any more have none.
 */
export async function loadExamples(
  store: ObjectStore,
  manifest: ReleaseManifest,
  manifestKey: string,
  evidence: Evidence,
  askedSamples: AskedSamples,
): Promise<readonly AnsweredSample[]> {
  const examples: AnsweredSample[] = [];
  for (const [suite, scores] of Object.entries(evidence.scores).sort()) {
    const chosen = chooseExamples(scores);
    if (chosen.length === 0) continue;
    const answersOf = (model: string): Promise<ReadonlyMap<string, string>> =>
      loadAnswers(store, answersFile(manifestKey, evidence.release, suite, sha256Hex(model)));
    const champion = await answersOf(evidence.champion.modelId);
    const candidate = await answersOf(evidence.candidate);
    const samples =
      suite === POOLED_SUITE
        ? await readPooledTexts(store, { manifestKey, release: evidence.release })
        : await loadSamples(store, manifest, manifestKey, suite, askedSamples);
    for (const one of chosen) {
      const [sample, championAnswer, candidateAnswer] = [
        samples.get(one.sampleId),
        champion.get(one.sampleId),
        candidate.get(one.sampleId),
      ];
      if (sample === undefined || championAnswer === undefined || candidateAnswer === undefined) {
        continue;
      }
      examples.push({ ...one, ...sample, suite, championAnswer, candidateAnswer });
    }
  }
  return examples;
}

async function loadAnswers(store: ObjectStore, key: string): Promise<ReadonlyMap<string, string>> {
  if ((await store.head(key)) === null) return new Map();
  const lines = new TextDecoder().decode(await readBytes(store, key)).split('\n');
  const answers = lines
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as StoredAnswer);
  return new Map(answers.map((answer) => [answer.sampleId, answerText(answer)]));
}

/** What a model answered, as one text: each answer once where it was asked more than once. */
function answerText({ further = [], ...first }: StoredAnswer): string {
  return [...new Set([first, ...further].map(oneAnswer))].join('\n\n');
}

function oneAnswer({ output, toolCalls = [] }: GivenAnswer): string {
  const calls = toolCalls.map((call) => `${call.name}(${call.arguments})`);
  return [...(output === null || output === '' ? [] : [output]), ...calls].join('\n');
}

async function loadSamples(
  store: ObjectStore,
  manifest: ReleaseManifest,
  manifestKey: string,
  suite: string,
  askedSamples: AskedSamples,
): Promise<ReadonlyMap<string, ShownSample>> {
  const set = manifest.evalSets.find(({ name }) => `frozen:${name}` === suite);
  if (set !== undefined) {
    const samples = await askedSamples(store, set, manifest.versions.redactor);
    return new Map(
      samples.map(({ id, messages, reference }) => [id, shown(messages, reference ?? '')]),
    );
  }
  const { outputs } = await readJson<StepResult>(
    store,
    stepKey(manifestKey, 'select', 'result.json'),
  );
  const own =
    outputs['holdout'] === undefined ? [] : await readJsonl<Example>(store, outputs['holdout']);
  return new Map(own.map(({ id, messages, answer }) => [id, shown(messages, answer ?? '')]));
}

function shown(messages: readonly Message[], reference: string): ShownSample {
  return { prompt: messages.at(-1)?.content ?? '', reference };
}
