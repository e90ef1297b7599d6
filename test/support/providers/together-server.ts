import {
  addJob,
  isFit,
  listedJobs,
  makerOf,
  progressOf,
  uploadedFile,
  type Protocol,
  type ServerJob,
  type ServerState,
  type Step,
} from './job-server.js';

/**
 * Together's protocol as far as fine-tuning goes, built from its reference (`POST /files/upload`, `/fine-tunes`,
 * `FinetuneResponseTruncated`). Jobs have a suffix and no metadata, and the listing no pages.
 */
export const togetherProtocol: Protocol = {
  stepOf: ({ method, url: { pathname } }): Step | null => {
    const known: Readonly<Record<string, Step>> = {
      'GET /v1/models': 'models',
      'GET /v1/files': 'files',
      'POST /v1/files/upload': 'upload',
      'POST /v1/fine-tunes': 'create',
      'GET /v1/fine-tunes': 'list',
    };
    const exact = known[`${method} ${pathname}`];
    if (exact !== undefined) return exact;
    if (method === 'POST' && /^\/v1\/fine-tunes\/[^/]+\/cancel$/u.test(pathname)) return 'cancel';
    return method === 'GET' && /^\/v1\/fine-tunes\/[^/]+$/u.test(pathname) ? 'read' : null;
  },
  error: (_status, code) => ({
    error: { message: 'planted-secret', type: code ?? 'error', param: null, code: code ?? null },
  }),
  handle: (state, request, step) => {
    const { url, body } = request;
    switch (step) {
      case 'models':
        return { status: 200, body: [{ id: 'small-base', object: 'model', type: 'chat' }] };
      case 'files': {
        const data = state.files.map(({ id, name, bytes }) => ({ id, filename: name, bytes }));
        return { status: 200, body: { data } };
      }
      case 'upload': {
        const { name, bytes, lines } = uploadedFile(request);
        const id = `file-${state.files.length + 1}`;
        state.files.push({ id, name, bytes, lines, isWhole: true });
        return {
          status: 200,
          body: { id, object: 'file', filename: name, bytes, purpose: 'fine-tune' },
        };
      }
      case 'create': {
        const asked = JSON.parse(body.toString('utf8')) as {
          model?: string;
          from_checkpoint?: string;
          training_file: string;
          suffix?: string;
          training_method?: { method: string; dpo_beta?: number };
          beta?: number;
        };
        const { method = 'sft', dpo_beta: beta = null } = asked.training_method ?? {};
        const file = state.files.find(({ id }) => id === asked.training_file);
        if (asked.beta !== undefined || file === undefined || !isFit(method, file.lines))
          return { status: 400, body: togetherProtocol.error(400, undefined) };
        const { model, from_checkpoint: checkpoint } = asked;
        const parent =
          makerOf(state, checkpoint ?? '', ({ id }) => id) ??
          makerOf(state, checkpoint ?? '', modelOf);
        // A job starts from a model or from a checkpoint, never from both.
        if ((model === undefined) === (checkpoint === undefined) || parent?.model === model)
          return { status: 400, body: togetherProtocol.error(400, undefined) };
        if ((asked.suffix ?? '').length > 40)
          return { status: 400, body: togetherProtocol.error(400, undefined) };
        const job = addJob(state, {
          id: `ft-${state.jobs.length + 1}`,
          model: model ?? parent?.model ?? '',
          continues: checkpoint ?? null,
          method: method === 'sft' ? 'supervised' : method,
          beta,
          trainingFile: asked.training_file,
          suffix: asked.suffix ?? null,
          metadata: null,
        });
        return { status: 200, body: objectOf(state, job) };
      }
      case 'list': {
        const data = listedJobs(state).map((job) => objectOf(state, job));
        return { status: 200, body: { data } };
      }
      case 'read':
      case 'cancel': {
        const id = decodeURIComponent(url.pathname.split('/')[3] ?? '');
        const job = state.jobs.find((one) => one.id === id);
        if (job === undefined) return { status: 404, body: togetherProtocol.error(404, undefined) };
        if (step === 'cancel') {
          if (progressOf(state, job) === 'ended')
            return { status: 400, body: togetherProtocol.error(400, undefined) };
          job.outcome = 'cancelled';
        } else job.reads += 1;
        return { status: 200, body: objectOf(state, job) };
      }
      default:
        return { status: 404, body: togetherProtocol.error(404, undefined) };
    }
  },
};

function modelOf({ id, model, suffix }: ServerJob): string {
  return `me/${model}-${suffix ?? ''}-${id}`;
}

function objectOf(state: ServerState, job: ServerJob): object {
  const status = {
    waiting: 'pending',
    running: job.reads > 1 ? 'compressing' : 'running',
    ended: { succeeds: 'completed', fails: 'user_error', cancelled: 'cancelled' }[job.outcome],
  }[progressOf(state, job)];
  const at = new Date(job.createdAt).toISOString();
  return {
    id: job.id,
    status,
    created_at: at,
    updated_at: at,
    model: job.model,
    training_file: job.trainingFile,
    ...(job.suffix === null ? {} : { suffix: job.suffix }),
    model_output_name: modelOf(job),
    token_count: 1000,
    total_price: 1500,
    events: [],
  };
}
