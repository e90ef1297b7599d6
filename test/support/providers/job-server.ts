import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a request is about, whatever the protocol. */
export type Step =
  | 'files'
  | 'upload'
  | 'create'
  | 'list'
  | 'read'
  | 'cancel'
  | 'models'
  | 'checkpoints'
  | 'custom-models'
  | 'make-model'
  | 'deploy'
  | 'deployment'
  | 'undeploy';

/** What goes wrong with one request. */
export type Fault =
  /** Nothing: the fault behind it in line is for the request after. */
  | { readonly kind: 'none' }
  /** The connection breaks before anything was done, or when all was done. */
  | { readonly kind: 'lost'; readonly when: 'before' | 'after' }
  /** An error is answered in the place of the work, or of its answer. */
  | {
      readonly kind: 'error';
      readonly when: 'before' | 'after';
      readonly status: number;
      readonly code?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The request arrives twice, and neither answer comes back. */
  | { readonly kind: 'doubled' }
  /** The server dies, and stays away until it is revived. */
  | { readonly kind: 'killed'; readonly when: 'before' | 'after' };

/** A job as a server keeps it. */
export interface ServerJob {
  readonly id: string;
  readonly model: string;
  /** How it trains, and the loss's beta where one was asked for. */
  readonly method: string;
  readonly beta: number | null;
  /** The passes that were asked for, where the protocol's server keeps them. */
  readonly epochs?: number | null;
  /** The fine-tuned model that it trains further, by its name here. */
  readonly continues: string | null;
  readonly trainingFile: string;
  readonly suffix: string | null;
  readonly metadata: Readonly<Record<string, string>> | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** How often it was read: it moves on each time. */
  reads: number;
  outcome: 'succeeds' | 'fails' | 'cancelled';
}

/** How a server behaves beside what the protocol says. */
export interface ServerHabits {
  readonly now: () => number;
  /** New jobs are not listed before. */
  readonly listDelayMs: number;
  /** Jobs are never listed. */
  readonly isSilent: boolean;
  /** The metadata filter of a listing is ignored. */
  readonly ignoresFilter: boolean;
  /** Jobs keep neither metadata nor suffix. */
  readonly forgets: boolean;
}

/** What a training file's lines are, by the members of the first. */
export type LineKind = 'chat' | 'preference' | 'other';

/** As a host looks at a file before it trains on it. */
export function lineKindOf(content: string): LineKind {
  const first = content.split('\n', 1)[0] ?? '';
  const line = JSON.parse(first) as Readonly<Record<string, unknown>>;
  if (Array.isArray(line['messages'])) return 'chat';
  const { messages } = (line['input'] ?? {}) as { readonly messages?: unknown };
  const isPair = [messages, line['preferred_output'], line['non_preferred_output']].every(
    (part) => Array.isArray(part) && part.length > 0,
  );
  return isPair ? 'preference' : 'other';
}

/** Whether a job of a method can be made of a file. */
export function isFit(method: string, lines: LineKind): boolean {
  return lines === (method === 'dpo' ? 'preference' : 'chat');
}

/** A model that was made of a job's checkpoint: `active` after so many listings, unless it fails. */
export interface ServerModel {
  readonly name: string;
  readonly jobId: string;
  readonly checkpointId: string;
  listings: number;
  fails: boolean;
  isDeleted: boolean;
}

/** A model that was put up: ready after so many reads, unless it fails. */
export interface ServerDeployment {
  readonly id: string;
  readonly model: string;
  reads: number;
  fails: boolean;
  /** Takes its id until it was read so often, and is shown as going and then as gone. */
  goneAfter?: number;
}

export interface ServerState extends ServerHabits {
  readonly deployments: ServerDeployment[];
  readonly models: ServerModel[];
  readonly jobs: ServerJob[];
  readonly files: {
    readonly id: string;
    readonly name: string;
    readonly bytes: number;
    /** What its lines are, where its content was sent here. */
    lines: LineKind;
    isWhole: boolean;
  }[];
  /** How the next job ends, and after how many reads. */
  nextOutcome: ServerJob['outcome'];
  readonly readsToEnd: number;
}

export interface ServerRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: Buffer;
  readonly headers: IncomingMessage['headers'];
}

export interface ServerAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** A protocol: what a request is about, what it does and is answered with, and how its errors look. */
export interface Protocol {
  stepOf(request: ServerRequest): Step | null;
  handle(state: ServerState, request: ServerRequest, step: Step): ServerAnswer;
  error(status: number, code: string | undefined): unknown;
}

export interface JobServer {
  readonly baseURL: string;
  readonly state: ServerState;
  /** Every request, by its step. */
  readonly seen: readonly Step[];
  /** The bodies of the creates, as they came. */
  readonly creates: readonly unknown[];
  /** Does something to the next request of a step; faults of one step wait in line. */
  fail(step: Step, fault: Fault): void;
  /** Listens again at the same address, with all that it knew. */
  revive(): Promise<void>;
  close(): Promise<void>;
}

export const SERVER_KEY = 'the-key-of-a-test-server';

/** Starts a provider's server on 127.0.0.1. Without a key it answers 401, like its models. */
export async function startJobServer(
  protocol: Protocol,
  habits: Partial<ServerHabits> & { readonly now: () => number; readonly readsToEnd?: number },
): Promise<JobServer> {
  const state: ServerState = {
    listDelayMs: 0,
    isSilent: false,
    ignoresFilter: false,
    forgets: false,
    readsToEnd: 3,
    ...habits,
    jobs: [],
    files: [],
    deployments: [],
    models: [],
    nextOutcome: 'succeeds',
  };
  const faults = new Map<Step, Fault[]>();
  const seen: Step[] = [];
  const creates: unknown[] = [];
  let port = 0;
  let server: Server | null = null;

  const die = (): Promise<void> =>
    new Promise((done) => {
      const dying = server;
      server = null;
      if (dying === null) return done();
      dying.close(() => done());
      dying.closeAllConnections();
    });

  async function answer(request: ServerRequest, response: ServerResponse): Promise<void> {
    const step = protocol.stepOf(request);
    const send = ({ status, body }: ServerAnswer, headers = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(body));
    };
    const isKnown = [`Bearer ${SERVER_KEY}`, undefined].includes(request.headers.authorization);
    const apiKey = request.headers['api-key'];
    const isSigned = request.url.pathname.startsWith('/signed/');
    if (
      !isSigned &&
      (!isKnown || (request.headers.authorization === undefined && apiKey !== SERVER_KEY))
    ) {
      return send({ status: 401, body: protocol.error(401, 'invalid_api_key') });
    }
    if (step === null) return send({ status: 404, body: protocol.error(404, undefined) });
    seen.push(step);
    if (step === 'create') creates.push(JSON.parse(request.body.toString('utf8')));
    const fault = faults.get(step)?.shift();
    const isWhole = fault === undefined || fault.kind === 'none' || fault.kind === 'doubled';
    const happens = isWhole || fault.when === 'after';
    let answered: ServerAnswer = { status: 500, body: {} };
    if (happens) answered = protocol.handle(state, request, step);
    switch (fault?.kind) {
      case undefined:
      case 'none':
        return send(answered);
      case 'doubled':
        protocol.handle(state, request, step);
        response.destroy();
        return;
      case 'lost':
        response.destroy();
        return;
      case 'error': {
        const { status, code, headers } = fault;
        return send({ status, body: protocol.error(status, code) }, headers);
      }
      case 'killed':
        return die();
    }
  }

  const listen = (): Promise<void> =>
    new Promise((done, failed) => {
      const next = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const { method = 'GET', headers } = request;
          const url = new URL(request.url ?? '/', 'http://localhost');
          void answer({ method, url, body: Buffer.concat(chunks), headers }, response);
        });
      });
      next.once('error', failed);
      next.listen(port, '127.0.0.1', () => {
        ({ port } = next.address() as AddressInfo);
        server = next;
        done();
      });
    });

  await listen();
  return {
    baseURL: `http://127.0.0.1:${port}/v1`,
    state,
    seen,
    creates,
    fail: (step, fault) => faults.set(step, [...(faults.get(step) ?? []), fault]),
    revive: async () => {
      if (server === null) await listen();
    },
    close: die,
  };
}

/** A new job in the server's list. */
export function addJob(
  state: ServerState,
  job: Pick<ServerJob, 'id' | 'model' | 'continues' | 'trainingFile' | 'suffix' | 'metadata'> &
    Partial<Pick<ServerJob, 'method' | 'beta' | 'epochs'>>,
): ServerJob {
  const kept = state.forgets ? { suffix: null, metadata: null } : {};
  const { nextOutcome: outcome } = state;
  const how = { method: 'supervised', beta: null };
  const made = { ...how, ...job, ...kept, createdAt: state.now(), reads: 0, outcome };
  state.jobs.push(made);
  return made;
}

/** The jobs that a listing shows now, newest first. */
export function listedJobs(state: ServerState): readonly ServerJob[] {
  if (state.isSilent) return [];
  return state.jobs
    .filter(({ createdAt }) => createdAt + state.listDelayMs <= state.now())
    .reverse();
}

/** How far a job is: `ended` after so many reads. */
export function progressOf(state: ServerState, job: ServerJob): 'waiting' | 'running' | 'ended' {
  if (job.outcome === 'cancelled' || job.reads >= state.readsToEnd) return 'ended';
  return job.reads === 0 ? 'waiting' : 'running';
}

/** The job that made a model, by the name that `nameOf` gives it; none where it is not done. */
export function makerOf(
  state: ServerState,
  model: string,
  nameOf: (job: ServerJob) => string,
): ServerJob | undefined {
  return state.jobs.find(
    (job) =>
      job.outcome === 'succeeds' && progressOf(state, job) === 'ended' && nameOf(job) === model,
  );
}

/** Jobs that cost money: each that was made and not cancelled. */
export function paidJobs({ jobs }: ServerState): readonly ServerJob[] {
  return jobs.filter(({ outcome }) => outcome !== 'cancelled');
}

/** The file of a multipart upload: its name and its content. */
export function uploadedFile({ headers, body }: ServerRequest): {
  readonly name: string;
  readonly bytes: number;
  readonly lines: LineKind;
} {
  const boundary = /boundary=(.+)$/u.exec(headers['content-type'] ?? '')?.[1] ?? '';
  for (const part of body.toString('latin1').split(`--${boundary}`)) {
    const name = /name="file"; filename="([^"]+)"/u.exec(part)?.[1];
    if (name === undefined) continue;
    const content = part.slice(part.indexOf('\r\n\r\n') + 4, -2);
    return { name, bytes: content.length, lines: lineKindOf(content) };
  }
  throw new Error('an upload without a file');
}
