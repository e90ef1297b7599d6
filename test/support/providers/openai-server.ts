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
 * OpenAI's protocol as far as fine-tuning goes, built from its reference (objects `file` and `fine_tuning.job`,
 * pages by `after` and `limit`, the listing's metadata filter).
 */
export const openaiProtocol: Protocol = {
  stepOf: ({ method, url: { pathname } }): Step | null => {
    const known: Readonly<Record<string, Step>> = {
      'GET /v1/models': 'models',
      'GET /v1/files': 'files',
      'POST /v1/files': 'upload',
      'POST /v1/fine_tuning/jobs': 'create',
      'GET /v1/fine_tuning/jobs': 'list',
    };
    const exact = known[`${method} ${pathname}`];
    if (exact !== undefined) return exact;
    if (method === 'POST' && /^\/v1\/fine_tuning\/jobs\/[^/]+\/cancel$/u.test(pathname))
      return 'cancel';
    return method === 'GET' && /^\/v1\/fine_tuning\/jobs\/[^/]+$/u.test(pathname) ? 'read' : null;
  },
  error: (_status, code) => ({
    error: { message: 'planted-secret', type: 'error', param: null, code: code ?? null },
  }),
  handle: (state, request, step) => {
    const { url, body } = request;
    switch (step) {
      case 'models':
        return {
          status: 200,
          body: { object: 'list', data: [{ id: 'small-base', object: 'model' }] },
        };
      case 'files': {
        const data = state.files.map(({ id, name, bytes }) => ({ id, filename: name, bytes }));
        return { status: 200, body: { data, has_more: false } };
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
          model: string;
          training_file: string;
          suffix?: string;
          metadata?: Record<string, string>;
          method?: AskedMethod;
        };
        const file = state.files.find(({ id }) => id === asked.training_file);
        if (file === undefined) {
          return { status: 404, body: openaiProtocol.error(404, 'file_not_found') };
        }
        const { type: method, ...parameters } = asked.method ?? { type: 'supervised' };
        // A method's parameters stand under its own name, and of its own kind have to be the lines.
        const isOther = Object.keys(parameters).some((name) => name !== method);
        if (isOther || !isFit(method, file.lines)) {
          return { status: 400, body: openaiProtocol.error(400, 'invalid_training_file') };
        }
        const isFineTuned = makerOf(state, asked.model, modelOf) !== undefined;
        if (asked.model.startsWith('ft:') && !isFineTuned) {
          return { status: 404, body: openaiProtocol.error(404, 'model_not_found') };
        }
        const job = addJob(state, {
          id: `ftjob-${state.jobs.length + 1}`,
          model: asked.model,
          continues: isFineTuned ? asked.model : null,
          method,
          beta: parameters.dpo?.hyperparameters?.beta ?? null,
          trainingFile: asked.training_file,
          suffix: asked.suffix ?? null,
          metadata: asked.metadata ?? null,
        });
        return { status: 200, body: objectOf(state, job) };
      }
      case 'list':
        return { status: 200, body: page(state, url.searchParams) };
      case 'read':
      case 'cancel': {
        const id = decodeURIComponent(url.pathname.split('/')[4] ?? '');
        const job = state.jobs.find((one) => one.id === id);
        if (job === undefined)
          return { status: 404, body: openaiProtocol.error(404, 'fine_tune_not_found') };
        if (step === 'cancel') {
          if (progressOf(state, job) === 'ended')
            return { status: 400, body: openaiProtocol.error(400, undefined) };
          job.outcome = 'cancelled';
        } else job.reads += 1;
        return { status: 200, body: objectOf(state, job) };
      }
      default:
        return { status: 404, body: openaiProtocol.error(404, undefined) };
    }
  },
};

interface AskedMethod {
  readonly type: string;
  readonly supervised?: object;
  readonly dpo?: { readonly hyperparameters?: { readonly beta?: number } };
}

function page(state: ServerState, query: URLSearchParams): object {
  const wanted = state.ignoresFilter
    ? []
    : [...query].flatMap(([name, value]) => {
        const key = /^metadata\[(.+)\]$/u.exec(name)?.[1];
        return key === undefined ? [] : [[key, value] as const];
      });
  const fits = (job: ServerJob): boolean =>
    wanted.every(([key, value]) => job.metadata?.[key] === value);
  const all = listedJobs(state).filter(fits);
  const from = all.findIndex(({ id }) => id === query.get('after')) + 1;
  const data = all.slice(from, from + Number(query.get('limit') ?? 20));
  return {
    object: 'list',
    data: data.map((job) => objectOf(state, job)),
    has_more: from + data.length < all.length,
  };
}

/** A fine-tuned model of a fine-tuned one is named after the base model all the same. */
function modelOf({ id, model }: ServerJob): string {
  return `ft:${model.replace(/^ft:([^:]+):.*$/u, '$1')}:${id}`;
}

function objectOf(state: ServerState, job: ServerJob): object {
  const progress = progressOf(state, job);
  const status = {
    waiting: 'validating_files',
    running: 'running',
    ended: { succeeds: 'succeeded', fails: 'failed', cancelled: 'cancelled' }[job.outcome],
  }[progress];
  return {
    id: job.id,
    object: 'fine_tuning.job',
    model: job.model,
    created_at: Math.floor(job.createdAt / 1000),
    training_file: job.trainingFile,
    status,
    fine_tuned_model: status === 'succeeded' ? modelOf(job) : null,
    trained_tokens: status === 'succeeded' ? 1000 : null,
    error:
      status === 'failed' ? { code: 'invalid_training_file', message: 'planted-secret' } : null,
    metadata: job.metadata,
  };
}
