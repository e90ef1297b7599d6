import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { ApiError, badRequest, notFound } from './api-error.js';

/** Longest request body that is read, in bytes. */
export const MAXIMUM_BODY_BYTES = 128 * 1024 * 1024;

/** A request as a route sees it: `ids` are the path's variable parts, in order. */
export interface RouteRequest {
  readonly ids: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Uint8Array<ArrayBuffer>;
}

export type RouteAnswer =
  | { readonly kind: 'json'; readonly body: object }
  | { readonly kind: 'bytes'; readonly body: Uint8Array };

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Segments after `/v1`; `*` stands for one variable segment. */
  readonly path: string;
  readonly handle: (request: RouteRequest) => Promise<RouteAnswer>;
}

export function json(body: object): RouteAnswer {
  return { kind: 'json', body };
}

function tooLong(): ApiError {
  return new ApiError(413, `The body is longer than ${MAXIMUM_BODY_BYTES} bytes.`, null);
}

/** Reads a whole body. @throws ApiError 413 past the limit, before reading where the length is announced. */
export async function readBody(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(request.headers['content-length'] ?? 0) > MAXIMUM_BODY_BYTES) throw tooLong();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAXIMUM_BODY_BYTES) throw tooLong();
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** A JSON body in the shape a route expects. @throws ApiError 400 naming the first bad field. */
export function parseBody<T>(schema: z.ZodType<T>, body: Uint8Array): T {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw badRequest('The body is not valid JSON.');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path.join('.') ?? '';
  throw badRequest(`Invalid value for '${path}'.`, path);
}

/** `limit` and `after` of a list request. @throws ApiError 400 */
export function pageQuery(
  query: URLSearchParams,
  fallback: number,
): { readonly limit: number; readonly after: string | null } {
  const text = query.get('limit');
  const limit = text === null ? fallback : Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) {
    throw badRequest("Invalid value for 'limit'.", 'limit');
  }
  return { limit, after: query.get('after') };
}

/** Finds the route of a path below `/v1`. @throws ApiError 404, or 405 where only the method is wrong. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  pathname: string,
): { readonly route: Route; readonly ids: readonly string[] } {
  const segments = pathname.split('/').slice(1);
  const unknown = notFound(`Invalid URL (${method} ${pathname.slice(0, 80)})`, null, null);
  if (segments.shift() !== 'v1') throw unknown;
  const matching = routes.filter(({ path }) => {
    const pattern = path.split('/');
    return (
      pattern.length === segments.length &&
      pattern.every((part, index) => part === '*' || part === segments[index])
    );
  });
  const route = matching.find((candidate) => candidate.method === method);
  if (route === undefined) {
    throw matching.length === 0 ? unknown : new ApiError(405, 'Method not allowed.', null);
  }
  const ids = segments.filter((_, index) => route.path.split('/')[index] === '*');
  return { route, ids: ids.map((id) => decodeSegment(id)) };
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest('The URL is badly encoded.');
  }
}
