import { decide } from '../../activities/deciding.js';
import type { Dependencies } from '../../activities/dependencies.js';
import { evaluate, planEvaluation } from '../../activities/evaluating.js';
import { writeReport } from '../../activities/reporting.js';
import { trainingFileOf } from '../../activities/training-file.js';
import type { EvaluateResult } from '../../src/domain/contracts.js';
import type { Evidence } from '../../src/domain/gate.js';
import { writeLineage } from '../../src/lineage/lineage.js';
import { createChatClient } from '../../src/providers/openai-chat.js';
import { keys } from '../../src/release/layout.js';
import { readBytes, readJson } from '../../src/storage/objects.js';
import type { BuiltWindow } from './data-path.js';

/** What measuring came to. */
export interface MeasuredWindow {
  readonly answers: readonly EvaluateResult[];
  readonly evidence: Evidence;
  readonly evidenceDigest: string;
  /** The report's text as a reader sees it. */
  readonly report: string;
}

/** Dependencies whose models answer at `baseURL`. */
export function withChat(deps: Dependencies, baseURL: string): Dependencies {
  const client = createChatClient({ baseURL, key: 'key', sleep: async () => undefined });
  return { ...deps, chatFor: () => client };
}

/** A built window's candidate is written down, asked, decided on and reported, in the order in which a run does it. */
export async function measureWindow(
  deps: Dependencies,
  { input, release }: BuiltWindow,
  candidate: string,
): Promise<MeasuredWindow> {
  const { store } = deps;
  const trained = { ...input, release };
  const trainingFiles = [await trainingFileOf(deps, release)];
  const lineage = { v: 1, modelId: candidate, baseModel: 'base', release, trainingFiles } as const;
  await writeLineage(store, lineage);
  const { suites, further = [] } = await planEvaluation(deps, trained);
  const both = suites.flatMap((suite) => [
    { role: 'champion' as const, suite },
    { role: 'candidate' as const, suite },
  ]);
  const answers: EvaluateResult[] = [];
  const { signal } = new AbortController();
  for (const asked of [...both, ...further]) {
    answers.push(await evaluate(deps, { ...trained, candidate, ...asked }, signal));
  }
  const decided = await decide(deps, { ...trained, candidate, answers });
  const { key } = await writeReport(deps, { ...trained, evidenceKey: decided.evidenceKey });
  const page = new TextDecoder().decode(await readBytes(store, key));
  return {
    answers,
    evidence: await readJson<Evidence>(store, keys.evidence(decided.evidenceDigest)),
    evidenceDigest: decided.evidenceDigest,
    report: page
      .replace(/<style>.*?<\/style>/s, '')
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' '),
  };
}
