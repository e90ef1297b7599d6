import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Command } from './command-line.js';
import { approversOf } from '../domain/approver.js';
import type { LoadedConfiguration } from '../config/load.js';
import { ConfigError, invariant } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import { LAPSES } from '../domain/promotion.js';
import type { ChainFate, Fate, ReleaseManifest } from '../domain/manifest.js';
import { recomputeDecision } from '../gate/evidence.js';
import { readAudit } from '../promotion/audit.js';
import { findEvidence, findWindowManifest, listChain } from '../release/find-run.js';
import { askedSamples } from '../../activities/samples.js';
import { comparedBehindVersion } from '../ingest/comparison.js';
import { isNamedByPerson } from '../lineage/lineage.js';
import { keys } from '../release/layout.js';
import { loadReportData } from '../release/load-report.js';
import { isMeasured, renderModelCard } from '../release/model-card.js';
import { renderReport, summariseReport, type ReportData } from '../release/report.js';
import { countFindings } from '../release/report/contamination.js';
import type { ObjectStore } from '../storage/object-store.js';
import { readJson } from '../storage/objects.js';
import {
  defineAction,
  loadFor,
  type CliContext,
  type CommonOptions,
  type ExitCode,
} from './context.js';
import { openStoreOf } from './stored-run.js';

/** Entries that say how a promotion ended; refused attempts and single approvals stand beside them. */
const ENDS: readonly string[] = ['promoted', 'rejected', ...LAPSES];

interface ReportOptions extends CommonOptions {
  readonly out?: string;
}

/** `holdfast report`: a run's page, made anew from the store. */
export function registerReport(program: Command, context: CliContext): void {
  const command = program
    .command('report [window]')
    .summary("write a window's report as one HTML page, and its model card")
    .description(
      "Writes a window's report from what the store holds, and its candidate's model card beside it, and prints " +
        'where they are; the last window of the chain where none is named. The decision is recomputed from the stored scores: if it came out ' +
        'otherwise, nothing is written. --json prints the evidence in short.',
    )
    .option('-o, --out <file>', 'where to write (default: .holdfast/reports/MODEL-WINDOW.html)')
    .addHelpText('after', '\nExamples:\n  holdfast report\n  holdfast report 2026-W07 --json\n');
  defineAction<ReportOptions>(command, context, async (options, [window]) =>
    report(await loadFor(options), window, options, context),
  );
}

async function report(
  loaded: LoadedConfiguration,
  window: string | undefined,
  options: ReportOptions,
  { output }: CliContext,
): Promise<ExitCode> {
  const { configuration, baseFolder } = loaded;
  const store = await openStoreOf(loaded);
  const chosen = chooseFrom(await listChain(store, configuration.model), window);
  const data = await reportOf(store, loaded, chosen);
  const folder = join(baseFolder, '.holdfast', 'reports');
  const path = resolve(options.out ?? join(folder, `${configuration.model}-${chosen.window}.html`));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, renderReport(data));
  output.line(summariseReport(data));
  output.line(path);
  const card = await writeModelCard(data, path);
  if (card !== null) output.line(card);
  output.result({ ...summaryOf(data, chosen, path), modelCard: card });
  return 0;
}

/** Writes the candidate's card beside the page; `null` where there is no candidate. */
async function writeModelCard(data: ReportData, page: string): Promise<string | null> {
  if (!isMeasured(data)) return null;
  const path = `${page.replace(/\.html$/, '')}-model-card.md`;
  await writeFile(path, renderModelCard(data));
  return path;
}

function chooseFrom(chain: readonly ChainFate[], window: string | undefined): ChainFate {
  const chosen =
    window === undefined ? chain.at(-1) : chain.find((entry) => entry.window === window);
  if (chosen !== undefined) return chosen;
  const known = chain.map((entry) => entry.window).join(', ');
  throw new ConfigError(
    chain.length === 0
      ? 'the chain is empty: no window has run yet'
      : `the chain has no window ${window ?? ''}; it has ${known}`,
  );
}

async function reportOf(
  store: ObjectStore,
  { configuration }: LoadedConfiguration,
  { release, fate }: ChainFate,
): Promise<ReportData> {
  const evidenceDigest = await findEvidence(store, release);
  const manifest = await readJson<ReleaseManifest>(store, keys.release(release));
  const manifestKey = await findWindowManifest(store, manifest);
  const data = await loadReportData(
    store,
    {
      ...{ release, evidenceDigest, manifestKey, askedSamples, isNamedByPerson },
      comparedBehind: comparedBehindVersion,
    },
    {
      promotion: await promotionOf(store, configuration.model, evidenceDigest, fate),
      approvers: approversOf(configuration.approval.approvers),
    },
  );
  if (data.evidence !== null) {
    invariant(
      canonicalJson(recomputeDecision(data.evidence)) === canonicalJson(data.evidence.result),
      `the decision of ${data.evidence.window} does not recompute from its evidence`,
    );
  }
  return data;
}

/** How a promotion stands, from fate and audit log: this command needs no Temporal. */
async function promotionOf(
  store: ObjectStore,
  model: string,
  evidence: string | null,
  fate: Fate,
): Promise<ReportData['promotion']> {
  if (evidence === null) return null;
  const log = await readAudit(store, model);
  const last = log.findLast(
    ({ entry }) => entry.subject['evidence'] === evidence && ENDS.includes(entry.action),
  )?.entry;
  switch (last?.action) {
    case 'promoted':
    case 'rejected':
      return {
        stage: last.action,
        deadline: null,
        decidedBy: last.by,
        isSigned: last.subject['identity'] === 'signed',
      };
    case 'expired':
    case 'superseded':
    case 'cancelled':
      return { stage: last.action, deadline: null, decidedBy: null };
    default:
      return fate === 'pending'
        ? { stage: 'awaiting-approval', deadline: null, decidedBy: null }
        : null;
  }
}

function summaryOf(data: ReportData, { window, release, fate }: ChainFate, path: string): object {
  const { evidence, evidenceDigest, manifest } = data;
  return {
    model: manifest.model,
    window,
    release,
    fate,
    books: manifest.books,
    rowsByWindow: manifest.rowsByWindow,
    findings: countFindings(data.findings),
    evidence:
      evidence === null
        ? null
        : {
            digest: evidenceDigest,
            champion: evidence.champion,
            candidate: evidence.candidate,
            decision: evidence.result.decision,
            checks: evidence.result.checks,
            suites: evidence.suites,
            lineageKnown: evidence.lineageKnown,
            recomputed: true,
          },
    promotion: data.promotion,
    report: path,
  };
}
