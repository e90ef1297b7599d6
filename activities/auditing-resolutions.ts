import type { ResolveStepInput, ResolveTuneInput } from '../src/domain/contracts.js';
import { DataError } from '../src/domain/errors.js';
import type { JobStanding } from '../src/domain/job-machine.js';
import { resolutionProblem } from '../src/domain/job-resolution.js';
import type { JobResolution } from '../src/domain/job.js';
import type { AuditEntry } from '../src/domain/model.js';
import { misfitOf } from '../src/domain/parked.js';
import { formatUsd } from '../src/domain/spend.js';
import { appendAudit } from '../src/promotion/audit.js';
import type { Dependencies } from './dependencies.js';

type Act = Pick<AuditEntry, 'action' | 'reason' | 'subject'>;

/**
 * Notes down who decided what on a parked job, behind the entry of its ledger: once for each Update that brought a
 * decision, and for a cost once for each job that may be asked for.
 */
export async function auditResolution(
  { store, now }: Dependencies,
  { model, window, runKey, decision }: ResolveTuneInput,
  resolution: JobResolution,
  standing: JobStanding,
): Promise<void> {
  const about = { runKey, window: window.id };
  const act = actOf(resolution, about, decision ?? null, standing);
  await appendAudit(store, model, { v: 1, at: now(), by: resolution.by, ...act });
}

function actOf(
  resolution: JobResolution,
  about: { readonly runKey: string; readonly window: string },
  decision: string | null,
  { phase, attempts }: JobStanding,
): Act {
  const { window } = about;
  switch (resolution.kind) {
    case 'adopt': {
      const { jobId: job, modelId: model } = resolution;
      const reason = `window ${window} goes on with job ${job}`;
      const subject = { ...about, job, decision };
      if (model === undefined) return { action: 'job-adopted', reason, subject };
      const named = `${reason}, whose model is ${model} by this word`;
      return { action: 'job-adopted', reason: named, subject: { ...subject, model } };
    }
    case 'retry': {
      const job = 'jobId' in phase ? phase.jobId : null;
      const reason =
        job === null
          ? `another attempt at the job of window ${window} is made`
          : `window ${window} goes on with its job ${job}`;
      return { action: 'retried', reason, subject: { ...about, job, decision } };
    }
    case 'approve-cost': {
      const reason = `the job of window ${window} may cost about ${formatUsd(resolution.cost)}`;
      const cost = String(resolution.cost);
      const subject = { ...about, cost, jobsBefore: String(attempts) };
      return { action: 'cost-approved', reason, subject };
    }
  }
}

/**
 * Notes down who has a step taken again that a host had refused over its bill; once for each Update.
 * @throws DataError for what is no decision on such a step
 */
export async function resolveStep(
  { store, now }: Dependencies,
  { model, window, parked, resolution, decision }: ResolveStepInput,
): Promise<void> {
  const problem = resolutionProblem(resolution) ?? misfitOf(parked, resolution, window.id);
  if (problem !== null) throw new DataError('resolution-malformed', problem);
  const { step } = parked;
  await appendAudit(store, model, {
    v: 1,
    at: now(),
    action: 'retried',
    by: resolution.by,
    reason: `window ${window.id} goes on where a bill was in its way: ${step}`,
    subject: { window: window.id, step, decision: decision ?? null },
  });
}
