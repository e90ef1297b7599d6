import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError, errorBody } from './endpoint/api-error.js';
import { openEndpointStore } from './endpoint/endpoint-store.js';
import { fileRoutes } from './endpoint/file-routes.js';
import { findRoute, readBody, type Route, type RouteAnswer } from './endpoint/http.js';
import { jobRoutes } from './endpoint/job-routes.js';
import { createJobRunner } from './endpoint/job-runner.js';
import { modelRoutes } from './endpoint/model-routes.js';

export interface TrainingEndpointOptions {
  readonly host: '127.0.0.1';
  /** 0 takes a free port. */
  readonly port: number;
  /** Where files, jobs and models are kept; an endpoint started over the same folder serves them again. */
  readonly folder: string;
  /** What clients send as a Bearer token. */
  readonly key: string;
  /** Milliseconds since 1970; only shown in `created_at` fields. */
  readonly clock?: () => number;
}

export interface TrainingEndpoint {
  /** e.g. `http://127.0.0.1:40123/v1`. */
  readonly baseURL: string;
  close(): Promise<void>;
}

function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

async function answer(
  routes: readonly Route[],
  key: string,
  request: IncomingMessage,
): Promise<RouteAnswer> {
  const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (!sameSecret(given, key)) {
    throw new ApiError(401, 'Incorrect API key provided.', 'invalid_api_key');
  }
  const url = new URL(request.url ?? '/', 'http://localhost');
  const { route, ids } = findRoute(routes, request.method ?? 'GET', url.pathname);
  const body = await readBody(request);
  return route.handle({ ids, query: url.searchParams, headers: request.headers, body });
}

function send(response: ServerResponse, status: number, reply: RouteAnswer): void {
  const body = reply.kind === 'bytes' ? reply.body : JSON.stringify(reply.body);
  const type = reply.kind === 'bytes' ? 'application/octet-stream' : 'application/json';
  response.writeHead(status, { 'content-type': type });
  response.end(body);
}

function sendError(response: ServerResponse, error: unknown): void {
  const known =
    error instanceof ApiError ? error : new ApiError(500, 'The server had an error.', null);
  send(response, known.status, { kind: 'json', body: errorBody(known) });
}

/**
 * Starts a server on the loopback interface that speaks the OpenAI protocol (files, fine-tuning jobs with
 * events and cancel, chat completions, models, errors) and really trains. What it trains is a small linear
 * classifier over hashed n-grams, not a language model: an answer is always one of the answers in the
 * training file.
 *
 * Jobs run one at a time in a worker thread; a cancel lands between two epochs.
 */
export async function startTrainingEndpoint(
  options: TrainingEndpointOptions,
): Promise<TrainingEndpoint> {
  const clock = options.clock ?? Date.now;
  const unixTime = (): number => Math.floor(clock() / 1000);
  const store = await openEndpointStore(options.folder);
  const runner = createJobRunner(store, unixTime);
  const routes = [
    ...fileRoutes(store, unixTime),
    ...jobRoutes(store, runner, unixTime),
    ...modelRoutes(store, unixTime),
  ];
  const server = createServer((request, response) => {
    answer(routes, options.key, request).then(
      (reply) => send(response, 200, reply),
      (error: unknown) => sendError(response, error),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    baseURL: `http://${options.host}:${port}/v1`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await Promise.all([closed, runner.close()]);
    },
  };
}
