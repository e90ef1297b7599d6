/** Workflow types by the names under which they are registered and started. */
export const WORKFLOWS = {
  weekly: 'weeklyFineTune',
  window: 'fineTuneWindow',
  promotion: 'promotion',
  skip: 'skipWindow',
} as const;

/** Messages of the promotion workflow. */
export const DECIDE_UPDATE = 'decide';
export const SUPERSEDE_SIGNAL = 'supersede';
export const STATUS_QUERY = 'status';

/** Messages of a window's run that is parked. */
export const RESOLVE_JOB_UPDATE = 'resolveJob';
export const PARKED_QUERY = 'parked';

/** Search attributes, with the type each has to be registered with before a workflow can set it. */
export const SEARCH_ATTRIBUTES = [
  { name: 'HoldfastModel', type: 'KEYWORD' },
  { name: 'HoldfastWindow', type: 'KEYWORD' },
  { name: 'HoldfastStage', type: 'KEYWORD' },
  { name: 'HoldfastDecision', type: 'KEYWORD' },
  { name: 'HoldfastCandidate', type: 'KEYWORD' },
  { name: 'HoldfastTrainRows', type: 'INT' },
  { name: 'HoldfastFindings', type: 'INT' },
] as const;

/** The same id from schedule, command line and backfill, so that a running window is joined, not doubled. */
export function windowWorkflowId(
  mode: 'run' | 'dry-run' | 'rebuild',
  model: string,
  window: string,
): string {
  return mode === 'run' ? `week/${model}/${window}` : `${mode}/${model}/${window}`;
}

/** One promotion for each evidence: the id carries the evidence digest's first 16 digits. */
export function promotionWorkflowId(model: string, evidenceDigest: string): string {
  return `promotion/${model}/${evidenceDigest.slice(0, 16)}`;
}

/** The schedule of a model. */
export function scheduleId(model: string): string {
  return `weekly/${model}`;
}
