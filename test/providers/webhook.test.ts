import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { ProviderError } from '../../src/domain/errors.js';
import { postToWebhook } from '../../src/providers/webhook.js';

describe('a webhook', () => {
  const received: { readonly path: string; readonly type: string; readonly body: string }[] = [];
  let server: Server;
  let address = '';
  before(async () => {
    server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        const path = request.url ?? '';
        received.push({ path, type: request.headers['content-type'] ?? '', body });
        if (path === '/silent') return;
        if (path === '/moved') response.setHeader('location', `${address}/elsewhere`);
        const status = { '/moved': 307, '/gone': 404, '/busy': 429, '/broken': 500 }[path] ?? 200;
        response.writeHead(status).end('planted in the answer');
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  test('is sent one JSON object', async () => {
    await postToWebhook(`${address}/hook`, { event: 'decision-awaited', reminder: 1 });
    assert.deepEqual(received.at(-1), {
      path: '/hook',
      type: 'application/json',
      body: '{"event":"decision-awaited","reminder":1}',
    });
  });

  test('that refuses, redirects or is silent fails without a word of its answer or its path', async () => {
    const table = [
      ['/gone', 404, false],
      ['/moved', 307, false],
      ['/busy', 429, true],
      ['/broken', 500, true],
      ['/silent', null, true],
    ] as const;
    for (const [path, status, isRetryable] of table) {
      await assert.rejects(postToWebhook(address + path, {}, 300), (error: unknown) => {
        assert.ok(error instanceof ProviderError);
        assert.deepEqual([error.status, error.isRetryable], [status, isRetryable]);
        assert.ok(!/planted|gone|moved|busy|broken|silent/.test(error.message), error.message);
        return true;
      });
    }
    assert.ok(!received.some(({ path }) => path === '/elsewhere'));
  });
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
