import { approversOf } from '../src/domain/approver.js';
import type { StepInput } from '../src/domain/contracts.js';
import { comparedBehindVersion } from '../src/ingest/comparison.js';
import { isNamedByPerson } from '../src/lineage/lineage.js';
import { keys } from '../src/release/layout.js';
import { loadReportData } from '../src/release/load-report.js';
import { isMeasured, renderModelCard } from '../src/release/model-card.js';
import { renderReport } from '../src/release/report.js';
import type { Dependencies } from './dependencies.js';
import { askedSamples } from './samples.js';

/** Writes the page of a run as it stands when the gate has decided, and the candidate's card; once for each evidence. */
export async function writeReport(
  deps: Dependencies,
  input: StepInput & { readonly release: string; readonly evidenceKey: string | null },
): Promise<{ readonly key: string }> {
  const { release, manifestKey } = input;
  const evidenceDigest =
    /^evidence\/([0-9a-f]{64})\.json$/.exec(input.evidenceKey ?? '')?.[1] ?? null;
  const data = await loadReportData(
    deps.store,
    {
      ...{ release, evidenceDigest, manifestKey, askedSamples, isNamedByPerson },
      comparedBehind: comparedBehindVersion,
    },
    { approvers: approversOf(deps.startedWith.approval.approvers) },
  );
  const key = keys.report(input.model, input.window.id, evidenceDigest ?? release);
  await deps.store.putIfAbsent(key, Buffer.from(renderReport(data)));
  if (evidenceDigest !== null && isMeasured(data)) {
    const cardKey = keys.modelCard(input.model, input.window.id, evidenceDigest);
    await deps.store.putIfAbsent(cardKey, Buffer.from(renderModelCard(data)));
  }
  return { key };
}
