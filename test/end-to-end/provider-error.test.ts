import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { failureOf, startLoop } from '../support/loop.js';
import { logLines } from '../support/project.js';
import { allFiles, findTexts } from '../support/search.js';
import { makeTickets } from '../support/traffic.js';

const WINDOW = '2026-W01';
/** What hosts have been seen to quote in their errors: a key, and a line of the training file. */
const QUOTED = ['sk-quoted0secret0quoted0secret', 'quoted.person@example.org'];

/** A host that refuses everything and quotes what it was sent. */
async function startRefusingHost(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    const message = `Incorrect API key provided: ${QUOTED[0]}; line 1 holds ${QUOTED[1]}`;
    response.writeHead(400, { 'content-type': 'application/json', 'x-request-id': QUOTED[0] });
    response.end(JSON.stringify({ error: { message, type: QUOTED[0], code: QUOTED[1] } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

test('what a host quotes in its error is in no object, log or history of the run that it ends', async () => {
  const host = await startRefusingHost();
  const loop = await startLoop({ firstWindow: WINDOW });
  try {
    const { port } = host.address() as AddressInfo;
    const { train } = loop.project.loaded.configuration;
    await loop.project.configure({
      train: { ...train, baseURL: `http://127.0.0.1:${port}/v1` },
    });
    const worker = await loop.startWorker();
    loop.project.writeLog('w1.jsonl', logLines(makeTickets('w1', 60, '2025-12-29', '2026-01-05')));
    const failure = await failureOf(loop.run(WINDOW));
    await worker.stop();
    assert.match(failure, /400|refused/);
    const files = allFiles(loop.temporal.folder);
    // The search sees what is in the server's histories: the failure itself is found there.
    assert.ok((await findTexts([failure.slice(0, 40)], files)).length > 0, failure);
    for (const quoted of QUOTED) assert.ok(!failure.includes(quoted));
    assert.deepEqual(await findTexts(QUOTED, files), []);
  } finally {
    await loop.close();
    host.close();
  }
});
