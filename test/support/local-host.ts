import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';

/** What a local host was asked: the path, and the JSON body. */
export interface Asked {
  readonly path: string;
  readonly body: unknown;
}

/** Answers a request: a value as JSON, a string as it is, or by itself; `undefined` leaves it without an answer. */
export type LocalScript = (asked: Asked, index: number, response: ServerResponse) => unknown;

/** A real HTTP server on 127.0.0.1 for as long as the tests run. */
export async function startLocalHost(
  script: LocalScript,
): Promise<{ readonly baseURL: string; readonly asked: readonly Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    request.on('end', () => {
      const one = { path: request.url ?? '', body: JSON.parse(text) as unknown };
      asked.push(one);
      const answer = script(one, asked.length - 1, response);
      if (answer === undefined || response.writableEnded) return;
      response.setHeader('content-type', 'application/json');
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { baseURL: `http://127.0.0.1:${port}/v1`, asked };
}

export function refuse(response: ServerResponse, status: number): string {
  response.statusCode = status;
  return JSON.stringify({ error: { message: 'planted-secret', code: 'server_error' } });
}
