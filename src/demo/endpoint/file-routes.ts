import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { badRequest, notFound } from './api-error.js';
import { page, type FileObject } from './api-objects.js';
import { idFrom, type EndpointStore, type StoredFile } from './endpoint-store.js';
import { json, pageQuery, type Route, type RouteRequest } from './http.js';

async function parseUpload(request: RouteRequest): Promise<{ name: string; bytes: Uint8Array }> {
  let form: FormData;
  try {
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    form = await new Response(request.body, { headers }).formData();
  } catch {
    throw badRequest('The body is not multipart/form-data.');
  }
  const file = form.get('file');
  if (file === null || typeof file === 'string') {
    throw badRequest("'file' is a required property.", 'file');
  }
  if (form.get('purpose') !== 'fine-tune') {
    throw badRequest("'purpose' must be 'fine-tune' here.", 'purpose');
  }
  return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}

/** A stored file by id. @throws ApiError 404 */
export function requireFile(store: EndpointStore, id: string, param: string): StoredFile {
  const stored = store.files.get(id);
  if (stored === undefined) {
    throw notFound(`No such File object: ${id.slice(0, 80)}`, 'file_not_found', param);
  }
  return stored;
}

/** Upload, list, show, download and delete files. */
export function fileRoutes(store: EndpointStore, unixTime: () => number): readonly Route[] {
  const upload = async (request: RouteRequest): Promise<FileObject> => {
    const { name, bytes } = await parseUpload(request);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const sequence = store.files.nextSequence();
    const id = idFrom('file-', sequence, name, sha256);
    const file: FileObject = {
      id,
      object: 'file',
      bytes: bytes.length,
      created_at: unixTime(),
      filename: name,
      purpose: 'fine-tune',
      status: 'processed',
    };
    await writeFile(`${store.files.pathOf(id)}.part`, bytes);
    await rename(`${store.files.pathOf(id)}.part`, store.files.pathOf(id));
    await store.files.put(id, { sequence, sha256, file });
    return file;
  };
  const idOf = (request: RouteRequest): string => request.ids[0] ?? '';
  return [
    { method: 'POST', path: 'files', handle: async (request) => json(await upload(request)) },
    {
      method: 'GET',
      path: 'files',
      handle: async ({ query }) => {
        const { limit, after } = pageQuery(query, 10_000);
        const purpose = query.get('purpose');
        const files = store.files.list().map((stored) => stored.file);
        const shown = files.filter((file) => purpose === null || file.purpose === purpose);
        if (query.get('order') === 'asc') shown.reverse();
        return json(page(shown, limit, after));
      },
    },
    {
      method: 'GET',
      path: 'files/*',
      handle: async (request) => json(requireFile(store, idOf(request), 'id').file),
    },
    {
      method: 'GET',
      path: 'files/*/content',
      handle: async (request) => {
        const { file } = requireFile(store, idOf(request), 'id');
        return { kind: 'bytes', body: await readFile(store.files.pathOf(file.id)) };
      },
    },
    {
      method: 'DELETE',
      path: 'files/*',
      handle: async (request) => {
        const { file } = requireFile(store, idOf(request), 'id');
        await store.files.delete(file.id);
        return json({ id: file.id, object: 'file', deleted: true });
      },
    },
  ];
}
