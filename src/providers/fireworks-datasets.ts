import { z } from 'zod';
import { ProviderError } from '../domain/errors.js';
import type { JobRequest } from '../domain/fine-tuning.js';
import { ask, uploadTimeMs } from './ask.js';
import { ignoringConflict, orNull } from './fireworks-answers.js';
import type { FireworksOptions } from './fireworks-options.js';
import { strangeAnswer } from './host-error.js';
import { askHost } from './http.js';
import { sendSigned } from './signed-upload.js';

/** docs.fireworks.ai/api-reference: `Dataset`. */
const datasetObject = z.object({ state: z.string().nullish() });
const uploadEndpoint = z.object({ filenameToSignedUrls: z.record(z.string(), z.string()) });

/** Files of less than this are sent as they are, larger ones to a signed address. */
const DIRECT_UPLOAD_BYTES = 150_000_000;
const READY_LOOK_MS = 2_000;
const READY_LOOKS = 150;
type Signal = AbortSignal | undefined;

/**
 * Makes a dataset of a training file's digest and fills it, unless it is there and whole. Gives its name. One that a
 * worker left half filled is filled again.
 */
export async function uploadDataset(
  host: FireworksOptions,
  account: string,
  { trainingFile: { bytes, sha256 }, method }: JobRequest,
  signal: Signal,
): Promise<string> {
  const datasetId = `holdfast-${sha256.slice(0, 32)}`;
  const path = `${account}/datasets/${datasetId}`;
  const state = async (): Promise<string | null> =>
    orNull(
      async () => (await ask(host, datasetObject, { method: 'GET', path, signal })).state ?? '',
    );
  let found = await state();
  if (found === null) {
    // Pairs are none of the formats that have a name.
    const format = method === 'dpo' ? {} : { format: 'CHAT' };
    const body = { datasetId, dataset: { userUploaded: {}, ...format } };
    const request = { method: 'POST', path: `${account}/datasets`, body, signal } as const;
    await ignoringConflict(() => ask(host, datasetObject, request));
  }
  if (found !== 'READY') {
    const isSmall = bytes.byteLength < (host.directUploadBytes ?? DIRECT_UPLOAD_BYTES);
    await (isSmall ? sendDirectly : sendToSigned)(host, path, `${datasetId}.jsonl`, bytes, signal);
  }
  for (let looks = 0; found !== 'READY'; looks += 1) {
    found = await state();
    if (found === 'READY') break;
    if (looks >= READY_LOOKS) throw notReady(datasetId);
    await host.sleep(READY_LOOK_MS, signal);
  }
  return `${account.slice(1)}/datasets/${datasetId}`;
}

async function sendDirectly(
  host: FireworksOptions,
  path: string,
  name: string,
  bytes: Uint8Array,
  signal: Signal,
): Promise<void> {
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(bytes)]), name);
  const extraTimeMs = uploadTimeMs(bytes.byteLength);
  const request = { path: `${path}:upload`, body: form, signal, extraTimeMs };
  await askHost(host, { method: 'POST', ...request });
}

/** Asks for an address, sends the file there, and has what lies there looked at. */
async function sendToSigned(
  host: FireworksOptions,
  path: string,
  name: string,
  bytes: Uint8Array,
  signal: Signal,
): Promise<void> {
  const size = bytes.byteLength;
  const { filenameToSignedUrls: urls } = await ask(host, uploadEndpoint, {
    method: 'POST',
    path: `${path}:getUploadEndpoint`,
    body: { filenameToSize: { [name]: size } },
    signal,
  });
  const url = urls[name];
  if (url === undefined) throw strangeAnswer('POST :getUploadEndpoint', 200);
  const headers = {
    'content-type': 'application/octet-stream',
    // The address is signed for just so many bytes.
    'x-goog-content-length-range': `${size},${size}`,
  };
  const timeoutMs = (host.timeoutMs ?? 60_000) + uploadTimeMs(size);
  await sendSigned(host, { url, bytes, headers, timeoutMs, signal });
  await askHost(host, { method: 'POST', path: `${path}:validateUpload`, body: {}, signal });
}

function notReady(datasetId: string): ProviderError {
  const minutes = (READY_LOOK_MS * READY_LOOKS) / 60_000;
  const message = `dataset ${datasetId} was not ready ${minutes} minutes after it was sent`;
  return new ProviderError(message, { status: null, isRetryable: true, wasSent: false });
}
