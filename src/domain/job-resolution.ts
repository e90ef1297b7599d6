/** Characters of a job's id, and of the name of who decides. */
const LONGEST = 200;

const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  adopt: ['kind', 'by', 'jobId', 'modelId'],
  retry: ['kind', 'by'],
  'approve-cost': ['kind', 'by', 'cost'],
};

/**
 * What is wrong with a decision on a parked job that anybody may have sent, in a sentence, or `null` where it is a
 * `JobResolution`. Pure, so that a workflow can refuse with it.
 */
export function resolutionProblem(resolution: unknown): string | null {
  if (typeof resolution !== 'object' || resolution === null) return 'expected an object';
  const { kind, jobId, cost, by } = resolution as Record<string, unknown>;
  const known = typeof kind === 'string' && Object.hasOwn(MEMBERS, kind) ? MEMBERS[kind] : null;
  if (known === null || known === undefined) return 'kind: expected adopt, retry or approve-cost';
  const nameProblem = textProblem(by, 'by: who decides');
  if (nameProblem !== null) return nameProblem;
  const jobProblem = kind === 'adopt' ? textProblem(jobId, 'jobId: the job to adopt') : null;
  if (jobProblem !== null) return jobProblem;
  const model = (resolution as { readonly modelId?: unknown }).modelId;
  const modelProblem =
    model === undefined ? null : textProblem(model, 'modelId: the name of its model');
  if (modelProblem !== null) return modelProblem;
  if (kind === 'approve-cost' && !(typeof cost === 'number' && cost > 0 && cost < Infinity)) {
    return 'cost: expected the estimate that is approved, in USD';
  }
  return Object.keys(resolution).every((name) => known.includes(name))
    ? null
    : `expected no other members than ${known.join(', ')}`;
}

function textProblem(value: unknown, what: string): string | null {
  if (typeof value !== 'string' || value.trim() === '') return `${what} is missing`;
  return value.length > LONGEST ? `${what} has more than ${LONGEST} characters` : null;
}
