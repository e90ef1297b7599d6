import type { z } from 'zod';
import { strangeAnswer } from './host-error.js';
import { askHost, type HostOptions, type HostRequest } from './http.js';

/** Asks a host once for an answer of a shape. @throws ProviderError, also for an answer of another shape */
export async function ask<Shape extends z.ZodType>(
  host: HostOptions,
  shape: Shape,
  request: HostRequest,
): Promise<z.infer<Shape>> {
  const parsed = shape.safeParse(await askHost(host, request));
  if (parsed.success) return parsed.data;
  throw strangeAnswer(`${request.method} ${request.path.split('?')[0] ?? ''}`, 200);
}

/** Time for uploads beyond the usual: one second for every 256 KB. */
const UPLOAD_BYTES_PER_MS = 256;

/** How much longer than other requests one with so many bytes may take. */
export function uploadTimeMs(bytes: number): number {
  return Math.ceil(bytes / UPLOAD_BYTES_PER_MS);
}

/** The name under which a training file is kept at a host: of its digest, so that it is sent once. */
export function trainingFileName(sha256: string): string {
  return `holdfast-${sha256.slice(0, 16)}.jsonl`;
}
