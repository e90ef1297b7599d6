import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { ProviderError } from '../../src/domain/errors.js';
import { askHost, type HostOptions, type HostRequest } from '../../src/providers/http.js';
import {
  errorResponse,
  everythingToldBy,
  jsonResponse,
  scriptedHost,
} from '../support/scripted-host.js';

const KEY = 'sk-key-of-the-user-0123456789';
const GET: HostRequest = { method: 'GET', path: '/models?x=private-query' };

async function failureOf(options: Partial<HostOptions>, request = GET): Promise<ProviderError> {
  const host = { baseURL: 'http://api.example.org/v1/', key: KEY, ...options };
  return askHost(host, request).then(
    () => assert.fail('the request was answered'),
    (error: unknown) => {
      assert.ok(error instanceof ProviderError, String(error));
      return error;
    },
  );
}

function refused(response: Response): Promise<ProviderError> {
  return failureOf({ fetch: scriptedHost(() => response).fetch });
}

async function withServer<T>(
  listener: RequestListener,
  use: (baseURL: string) => Promise<T>,
): Promise<T> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('a host', () => {
  test('is asked below its base URL with the key, and its JSON is given back', async () => {
    const { fetch, seen } = scriptedHost(() => jsonResponse({ fine: true }));
    const host = { baseURL: 'http://api.example.org/v1//', key: KEY, fetch };
    const answer = await askHost(host, { method: 'POST', path: '/files', body: { a: 1 } });
    assert.deepEqual(answer, { fine: true });
    assert.equal(seen[0]?.url.href, 'http://api.example.org/v1/files');
    assert.equal(seen[0].headers.get('authorization'), `Bearer ${KEY}`);
    assert.deepEqual(seen[0].body, { a: 1 });
  });

  const table: readonly (readonly [number, string | null, boolean])[] = [
    [400, 'invalid_value', false],
    [401, 'invalid_api_key', false],
    [402, null, false],
    [403, null, false],
    [404, 'model_not_found', false],
    [408, null, true],
    [409, null, true],
    [422, null, false],
    [429, 'rate_limit_exceeded', true],
    [429, null, true],
    [429, 'insufficient_quota', false],
    [429, 'credit_balance_exhausted', false],
    [429, 'organization_usage_limit_exceeded', false],
    [429, 'organization_spend_limit_exceeded', false],
    [429, 'project_spend_limit_exceeded', false],
    [500, 'server_error', true],
    [503, null, true],
    [529, null, true],
  ];
  for (const [status, code, isRetryable] of table) {
    test(`that answers ${status} ${code ?? 'without a code'} is ${isRetryable ? '' : 'not '}asked again`, async () => {
      const error = await refused(errorResponse(status, code));
      assert.deepEqual([error.status, error.isRetryable], [status, isRetryable]);
      assert.match(
        error.message,
        new RegExp(`^GET /models of api.example.org was answered with status ${status}`),
      );
      assert.equal(error.message.includes(code ?? '('), code !== null);
    });
  }

  test('can say itself whether to ask again, except about money', async () => {
    const hint = (status: number, code: string | null, should: string): Promise<ProviderError> =>
      refused(errorResponse(status, code, 'x', { 'x-should-retry': should }));
    assert.equal((await hint(400, null, 'true')).isRetryable, true);
    assert.equal((await hint(503, null, 'false')).isRetryable, false);
    assert.equal((await hint(429, 'insufficient_quota', 'true')).isRetryable, false);
  });

  const date = 'Mon, 23 Nov 2026 10:00:00 GMT';
  const waits: readonly (readonly [Readonly<Record<string, string>>, number | null])[] = [
    [{}, null],
    [{ 'retry-after': '3' }, 3000],
    [{ 'retry-after-ms': '250', 'retry-after': '3' }, 250],
    [{ 'retry-after-ms': 'soon', 'retry-after': '3' }, 3000],
    [{ 'retry-after': 'Mon, 23 Nov 2026 10:00:30 GMT', date }, 30_000],
    [{ 'retry-after': 'Mon, 23 Nov 2026 09:00:00 GMT', date }, null],
    [{ 'retry-after': 'Mon, 23 Nov 2026 10:00:30 GMT' }, null],
    [{ 'retry-after': '-5' }, null],
  ];
  for (const [headers, wait] of waits) {
    test(`that sends ${JSON.stringify(headers)} is waited for ${wait ?? 'as long as the caller likes'}`, async () => {
      assert.equal((await refused(errorResponse(429, null, 'x', headers))).retryAfterMs, wait);
    });
  }

  test('that puts secrets into its errors finds none of them in ours', async () => {
    const secret = 'planted-secret';
    const told: string[] = [];
    for (const response of [
      errorResponse(400, secret),
      errorResponse(500, 'planted_secret'),
      new Response(`<html>${secret}`, { status: 502 }),
      new Response(`{"error": "${secret}`, { status: 200 }),
      new Response(null, { status: 302, headers: { location: `http://${secret}/` } }),
    ]) {
      told.push(everythingToldBy(await refused(response)));
    }
    const thrown = scriptedHost(
      () => new TypeError(`fetch failed: ${secret}`, { cause: new Error(secret) }),
    );
    told.push(everythingToldBy(await failureOf({ fetch: thrown.fetch })));
    told.push(everythingToldBy(await failureOf({ key: `sk-${secret}\n` })));
    told.push(everythingToldBy(await failureOf({ baseURL: `ftp://${secret}:${secret}@host/` })));
    for (const text of told) {
      assert.doesNotMatch(text, /planted.secret|sk-|private-query/);
    }
  });

  test('that can not be asked at all is not asked again', async () => {
    const { fetch, seen } = scriptedHost(() => jsonResponse({}));
    for (const options of [{ key: '' }, { key: 'two words' }, { baseURL: 'api.example.org' }]) {
      const error = await failureOf({ fetch, ...options });
      assert.deepEqual([error.status, error.isRetryable], [null, false]);
    }
    assert.equal(seen.length, 0);
  });

  test('that is not there is asked again, and the system code says why', async () => {
    const gone = await withServer(
      () => undefined,
      async (baseURL) => baseURL,
    );
    const error = await failureOf({ baseURL: gone });
    assert.deepEqual([error.status, error.isRetryable], [null, true]);
    assert.match(error.message, /got no answer \(ECONNREFUSED\)$/);
  });

  test('that is silent too long is given up, before and after its headers', async () => {
    for (const listener of [
      (): void => undefined,
      ((_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{');
      }) satisfies RequestListener,
    ]) {
      await withServer(listener, async (baseURL) => {
        const error = await failureOf({ baseURL, timeoutMs: 50 });
        assert.deepEqual([error.status, error.isRetryable], [null, true]);
        assert.match(error.message, /got no answer in time$/);
      });
    }
  });

  test('is left when the caller stops, with the reason of the caller', async () => {
    await withServer(
      () => undefined,
      async (baseURL) => {
        const controller = new AbortController();
        const asked = askHost({ baseURL, key: KEY }, { ...GET, signal: controller.signal });
        controller.abort(new Error('stopped by the caller'));
        await assert.rejects(asked, /stopped by the caller/);
      },
    );
  });

  test('that redirects is not followed, so that nothing goes elsewhere', async () => {
    let elsewhere = 0;
    await withServer(
      (_, response) => {
        elsewhere += 1;
        response.end('{}');
      },
      (target) =>
        withServer(
          (_, response) => response.writeHead(307, { location: target }).end(),
          async (baseURL) => {
            const request = { method: 'POST', path: '/files', body: { text: 'private' } } as const;
            const error = await failureOf({ baseURL }, request);
            assert.deepEqual([error.status, error.isRetryable], [307, false]);
          },
        ),
    );
    assert.equal(elsewhere, 0);
  });
});
