import { createHash } from 'node:crypto';
import {
  addJob,
  isFit,
  lineKindOf,
  makerOf,
  progressOf,
  uploadedFile,
  type Protocol,
  type ServerAnswer,
  type ServerDeployment,
  type ServerJob,
  type ServerRequest,
  type ServerState,
  type Step,
} from './job-server.js';

export const FIREWORKS_ACCOUNT = 'me';
const JOBS: Readonly<Record<string, string>> = {
  supervisedFineTuningJobs: 'supervised',
  dpoJobs: 'dpo',
};

/**
 * Fireworks' protocol as far as fine-tuning goes, built from its reference: datasets that are made, filled by
 * `:upload` and then READY, jobs under ids that the caller chooses, and 409 for an id that is taken.
 */
export const fireworksProtocol: Protocol = {
  stepOf: ({ method, url: { pathname } }): Step | null => {
    const path = pathname.replace(`/v1/accounts/${FIREWORKS_ACCOUNT}/`, '');
    if (pathname.startsWith('/signed/')) return method === 'PUT' ? 'upload' : null;
    if (path.startsWith('datasets')) return method === 'POST' ? 'upload' : 'files';
    const [kind = '', id] = path.split('/');
    if (kind === 'deployments')
      return deploymentSteps[`${method} ${id === undefined ? '' : 'one'}`] ?? null;
    if (JOBS[kind] === undefined) return null;
    if (id === undefined) return method === 'POST' ? 'create' : null;
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
        return toDataset(state, request, name);
      case 'create':
        return create(state, request);
      case 'read':
      case 'cancel': {
        const kind = JOBS[request.url.pathname.split('/').at(-2) ?? ''];
        const job = state.jobs.find(
          ({ id, method }) => id === name.replace(':cancel', '') && method === kind,
        );
        if (job === undefined) return refusal(404);
        if (step === 'read') job.reads += 1;
        else if (progressOf(state, job) === 'ended') return refusal(400);
        else job.outcome = 'cancelled';
        return { status: 200, body: step === 'read' ? objectOf(state, job) : {} };
      }
      case 'deploy':
        return deploy(state, request);
      case 'deployment':
      case 'undeploy': {
        const at = state.deployments.findIndex(({ id }) => id === name);
        const found = state.deployments[at];
        if (found === undefined) return refusal(404);
        if (step === 'deployment') return { status: 200, body: deploymentOf(found) };
        // It was asked something a moment ago.
        if (request.url.searchParams.get('ignoreChecks') !== 'true') return refusal(400);
        state.deployments.splice(at, 1);
        return { status: 200, body: {} };
      }
      default:
        return refusal(404);
    }
  },
};

const deploymentSteps: Readonly<Record<string, Step>> = {
  'POST ': 'deploy',
  'GET one': 'deployment',
  'DELETE one': 'undeploy',
};

/** Puts a fine-tuned model up; it begins without a machine, or is paid for from then on. */
function deploy(state: ServerState, { url, body }: ServerRequest): ServerAnswer {
  const id = url.searchParams.get('deploymentId') ?? '';
  const asked = JSON.parse(body.toString('utf8')) as {
    readonly baseModel: string;
    readonly minReplicaCount?: number;
  };
  const at = state.deployments.findIndex((one) => one.id === id);
  const there = state.deployments[at];
  if (there !== undefined && !isGone(there)) return refusal(409);
  if (at >= 0) state.deployments.splice(at, 1);
  if (makerOf(state, asked.baseModel, modelOf) === undefined || asked.minReplicaCount !== 0)
    return refusal(400);
  const made = { id, model: asked.baseModel, reads: 0, fails: false };
  state.deployments.push(made);
  return { status: 200, body: deploymentOf(made) };
}

function isGone({ reads, goneAfter = Infinity }: ServerDeployment): boolean {
  return reads >= goneAfter;
}

function deploymentOf(deployment: ServerDeployment): object {
  deployment.reads += 1;
  const gone = isGone(deployment) ? 'DELETED' : 'DELETING';
  const ready = deployment.fails ? 'FAILED' : 'READY';
  const living = deployment.reads > 3 ? ready : 'CREATING';
  return {
    name: `accounts/${FIREWORKS_ACCOUNT}/deployments/${deployment.id}`,
    baseModel: deployment.model,
    state: deployment.goneAfter === undefined ? living : gone,
  };
}

function refusal(status: number): ServerAnswer {
  return { status, body: fireworksProtocol.error(status, undefined) };
}

function makeDataset(state: ServerState, { body }: ServerRequest): ServerAnswer {
  const { datasetId } = JSON.parse(body.toString('utf8')) as { datasetId: string };
  if (state.files.some(({ id }) => id === datasetId)) return refusal(409);
  state.files.push({ id: datasetId, name: datasetId, bytes: 0, lines: 'other', isWhole: false });
  return { status: 200, body: { name: datasetId, state: 'UPLOADING' } };
}

/** Files of fewer bytes only are taken by `:upload`. */
export const DIRECT_UPLOAD_BYTES = 150_000_000;

/** What is done to a dataset: made, filled at once, or filled by way of an address that is signed for one file. */
function toDataset(state: ServerState, request: ServerRequest, name: string): ServerAnswer {
  const [datasetId = '', verb] = name.split(':');
  if (request.method === 'PUT') return putSigned(state, request, datasetId);
  if (verb === undefined) return makeDataset(state, request);
  const file = state.files.find(({ id }) => id === datasetId);
  if (file === undefined) return refusal(404);
  switch (verb) {
    case 'upload': {
      const { bytes, lines } = uploadedFile(request);
      if (bytes >= DIRECT_UPLOAD_BYTES) return refusal(400);
      Object.assign(file, { bytes, lines, isWhole: true });
      return { status: 200, body: {} };
    }
    case 'getUploadEndpoint': {
      const { filenameToSize } = JSON.parse(request.body.toString('utf8')) as {
        filenameToSize: Record<string, number>;
      };
      const filenameToSignedUrls: Record<string, string> = {};
      for (const [file, size] of Object.entries(filenameToSize)) {
        const signature = signatureOf(datasetId, size);
        const query = new URLSearchParams({ file, size: String(size), signature });
        const address = `http://${request.headers.host ?? ''}/signed/${datasetId}?${query.toString()}`;
        filenameToSignedUrls[file] = address;
      }
      return { status: 200, body: { filenameToSignedUrls } };
    }
    case 'validateUpload':
      if (file.bytes === 0) return refusal(400);
      file.isWhole = true;
      return { status: 200, body: {} };
    default:
      return refusal(404);
  }
}

/** The store behind the signed address: it knows no key, and takes just so many bytes as were signed for. */
function putSigned(
  state: ServerState,
  { url, headers, body }: ServerRequest,
  datasetId: string,
): ServerAnswer {
  const size = Number(url.searchParams.get('size'));
  const file = state.files.find(({ id }) => id === datasetId);
  const isSigned = url.searchParams.get('signature') === signatureOf(datasetId, size);
  const isAsSigned =
    headers['x-goog-content-length-range'] === `${size},${size}` && body.length === size;
  if (file === undefined || !isSigned) return refusal(403);
  if (headers.authorization !== undefined || !isAsSigned) return refusal(400);
  Object.assign(file, { bytes: size, lines: lineKindOf(body.toString('utf8')) });
  return { status: 200, body: {} };
}

function signatureOf(datasetId: string, size: number): string {
  return createHash('sha256').update(`${datasetId} ${size}`).digest('hex');
}

interface Start {
  readonly baseModel?: string;
  readonly warmStartFrom?: string;
  readonly epochs?: number;
}

interface Asked extends Start {
  readonly dataset: string;
  /** Of a DPO job, which has none of `Start` itself. */
  readonly trainingConfig?: Start;
  readonly lossConfig?: { readonly method?: string; readonly dpo?: { readonly beta?: number } };
}

function modelOf({ id }: ServerJob): string {
  return `accounts/${FIREWORKS_ACCOUNT}/models/${id}`;
}

/** Members of a training's configuration: a DPO job has them in `trainingConfig`. */
const TRAINING = [
  'baseModel',
  'warmStartFrom',
  'outputModel',
  'jinjaTemplate',
  'learningRate',
].concat(
  ['maxContextLength', 'loraRank', 'epochs', 'batchSize', 'batchSizeSamples'],
  ['gradientAccumulationSteps', 'learningRateWarmupSteps', 'optimizerWeightDecay'],
);
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  supervised: [
    'dataset',
    'displayName',
    'evaluationDataset',
    'earlyStop',
    'wandbConfig',
    ...TRAINING,
  ],
  dpo: ['dataset', 'displayName', 'trainingConfig', 'lossConfig', 'wandbConfig'],
};

/** What is no member of the create's body is refused, as a strict reading of the reference does. */
function isKnownBody(method: string, asked: Asked): boolean {
  const { trainingConfig = {} } = asked;
  return (
    Object.keys(asked).every((member) => MEMBERS[method]?.includes(member)) &&
    Object.keys(trainingConfig).every((member) => TRAINING.includes(member))
  );
}

function create(state: ServerState, { url, body }: ServerRequest): ServerAnswer {
  const method = JOBS[url.pathname.split('/').at(-1) ?? ''] ?? '';
  const idName = method === 'dpo' ? 'dpoJobId' : 'supervisedFineTuningJobId';
  const id = url.searchParams.get(idName) ?? `random-${state.jobs.length}`;
  if (!/^[a-z][a-z0-9-]{0,62}$/u.test(id)) return refusal(400);
  if (state.jobs.some((job) => job.id === id)) return refusal(409);
  const asked = JSON.parse(body.toString('utf8')) as Asked;
  if (!isKnownBody(method, asked)) return refusal(400);
  const dataset = state.files.find((file) => asked.dataset.endsWith(`/datasets/${file.id}`));
  if (dataset?.isWhole !== true || !isFit(method, dataset.lines)) return refusal(400);
  // Without a method of its own a DPO job would be one of another loss.
  if (method === 'dpo' && asked.lossConfig?.method !== 'DPO') return refusal(400);
  const { baseModel, warmStartFrom } = method === 'dpo' ? (asked.trainingConfig ?? {}) : asked;
  const { dataset: trainingFile } = asked;
  const beta = asked.lossConfig?.dpo?.beta ?? null;
  // "Only one of base_model or warm_start_from should be specified", and an adapter has to be there.
  if ((baseModel === undefined) === (warmStartFrom === undefined)) return refusal(400);
  const parent = makerOf(state, warmStartFrom ?? '', modelOf);
  if (warmStartFrom !== undefined && parent === undefined) return refusal(400);
  const model = baseModel ?? parent?.model ?? '';
  const continues = warmStartFrom ?? null;
  const { epochs = null } = method === 'dpo' ? (asked.trainingConfig ?? {}) : asked;
  const how = { method, beta, epochs, suffix: null, metadata: null };
  const job = addJob(state, { id, model, continues, trainingFile, ...how });
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
  const start =
    job.continues === null ? { baseModel: job.model } : { warmStartFrom: job.continues };
  const config = { ...start, outputModel: modelOf(job) };
  const kind = Object.keys(JOBS).find((each) => JOBS[each] === job.method) ?? '';
  return {
    name: `accounts/${FIREWORKS_ACCOUNT}/${kind}/${job.id}`,
    state: jobState,
    ...(job.method === 'dpo' ? { trainingConfig: config } : config),
    estimatedCost: { currencyCode: 'USD', units: '2', nanos: 500_000_000 },
    jobProgress: { inputTokens: 1000 },
  };
}
