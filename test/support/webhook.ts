import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A webhook on this machine. */
export interface Webhook {
  readonly url: string;
  /** The next object that is posted to it, or that nobody has asked for yet. */
  next(): Promise<unknown>;
  /** From now on it answers everything with 500. */
  breaks(): void;
  close(): Promise<void>;
}

/** Starts a server that keeps the objects posted to it. */
export async function startWebhook(): Promise<Webhook> {
  const posted: unknown[] = [];
  const awaited: ((body: unknown) => void)[] = [];
  let status = 204;
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const take = awaited.shift();
      if (take === undefined) posted.push(body);
      else take(body);
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/reminders`,
    next: () =>
      new Promise((take) => {
        if (posted.length > 0) take(posted.shift());
        else awaited.push(take);
      }),
    breaks: () => {
      status = 500;
    },
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown;
}
