import {
  addJob,
  makerOf,
  progressOf,
  uploadedFile,
  type Protocol,
  type ServerAnswer,
  type ServerJob,
  type ServerRequest,
  type ServerState,
  type Step,
} from './job-server.js';

export const FIREWORKS_ACCOUNT = 'me';
const JOBS = 'supervisedFineTuningJobs';

/**
 * Fireworks' protocol as far as fine-tuning goes, built from its reference: datasets that are made, filled by
 * `:upload` and then READY, jobs under ids that the caller chooses, and 409 for an id that is taken.
 */
export const fireworksProtocol: Protocol = {
  stepOf: ({ method, url: { pathname } }): Step | null => {
    const path = pathname.replace(`/v1/accounts/${FIREWORKS_ACCOUNT}/`, '');
    if (path.startsWith('datasets')) return method === 'POST' ? 'upload' : 'files';
    if (path === JOBS && method === 'POST') return 'create';
    if (!path.startsWith(`${JOBS}/`)) return null;
    return path.endsWith(':cancel') ? 'cancel' : 'read';
  },
  error: (status, code) => ({
    code: { 404: 5, 409: 6, 429: 8 }[status] ?? 13,
    message: 'planted-secret',
    ...(code === undefined ? {} : { error: { code } }),
  }),
  handle: (state, request, step) => {
    const name = request.url.pathname.split('/').at(-1) ?? '';
    switch (step) {
      case 'files': {
        const file = state.files.find(({ id }) => id === name);
        if (file === undefined) return refusal(404);
        return { status: 200, body: { name, state: file.isWhole ? 'READY' : 'UPLOADING' } };
      }
      case 'upload':
        return name.endsWith(':upload')
          ? fill(state, request, name.replace(':upload', ''))
          : makeDataset(state, request);
      case 'create':
        return create(state, request);
      case 'read':
      case 'cancel': {
        const job = state.jobs.find(({ id }) => id === name.replace(':cancel', ''));
        if (job === undefined) return refusal(404);
        if (step === 'read') job.reads += 1;
        else if (progressOf(state, job) === 'ended') return refusal(400);
        else job.outcome = 'cancelled';
        return { status: 200, body: step === 'read' ? objectOf(state, job) : {} };
      }
      default:
        return refusal(404);
    }
  },
};

function refusal(status: number): ServerAnswer {
  return { status, body: fireworksProtocol.error(status, undefined) };
}

function makeDataset(state: ServerState, { body }: ServerRequest): ServerAnswer {
  const { datasetId } = JSON.parse(body.toString('utf8')) as { datasetId: string };
  if (state.files.some(({ id }) => id === datasetId)) return refusal(409);
  state.files.push({ id: datasetId, name: datasetId, bytes: 0, isWhole: false });
  return { status: 200, body: { name: datasetId, state: 'UPLOADING' } };
}

function fill(state: ServerState, request: ServerRequest, datasetId: string): ServerAnswer {
  const file = state.files.find(({ id }) => id === datasetId);
  if (file === undefined) return refusal(404);
  uploadedFile(request);
  file.isWhole = true;
  return { status: 200, body: {} };
}

interface Asked {
  readonly baseModel?: string;
  readonly warmStartFrom?: string;
  readonly dataset: string;
}

function modelOf({ id }: ServerJob): string {
  return `accounts/${FIREWORKS_ACCOUNT}/models/${id}`;
}

function create(state: ServerState, { url, body }: ServerRequest): ServerAnswer {
  const id = url.searchParams.get('supervisedFineTuningJobId') ?? `random-${state.jobs.length}`;
  if (!/^[a-z][a-z0-9-]{0,62}$/u.test(id)) return refusal(400);
  if (state.jobs.some((job) => job.id === id)) return refusal(409);
  const asked = JSON.parse(body.toString('utf8')) as Asked;
  const dataset = state.files.find((file) => asked.dataset.endsWith(`/datasets/${file.id}`));
  if (dataset?.isWhole !== true) return refusal(400);
  const { baseModel, warmStartFrom, dataset: trainingFile } = asked;
  // "Only one of base_model or warm_start_from should be specified", and an adapter has to be there.
  if ((baseModel === undefined) === (warmStartFrom === undefined)) return refusal(400);
  const parent = makerOf(state, warmStartFrom ?? '', modelOf);
  if (warmStartFrom !== undefined && parent === undefined) return refusal(400);
  const model = baseModel ?? parent?.model ?? '';
  const continues = warmStartFrom ?? null;
  const job = addJob(state, { id, model, continues, trainingFile, suffix: null, metadata: null });
  return { status: 200, body: objectOf(state, job) };
}

function objectOf(state: ServerState, job: ServerJob): object {
  const jobState = {
    waiting: 'JOB_STATE_CREATING',
    running: 'JOB_STATE_RUNNING',
    ended: {
      succeeds: 'JOB_STATE_COMPLETED',
      fails: 'JOB_STATE_FAILED',
      cancelled: 'JOB_STATE_CANCELLED',
    }[job.outcome],
  }[progressOf(state, job)];
  return {
    name: `accounts/${FIREWORKS_ACCOUNT}/${JOBS}/${job.id}`,
    state: jobState,
    ...(job.continues === null ? { baseModel: job.model } : { warmStartFrom: job.continues }),
    outputModel: modelOf(job),
    estimatedCost: { currencyCode: 'USD', units: '2', nanos: 500_000_000 },
    jobProgress: { inputTokens: 1000 },
  };
}
