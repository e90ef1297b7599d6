import { once } from 'node:events';
import {
  Agent,
  createServer,
  request as startRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Random } from './random.js';

/** What a proxy may do to one request. */
export const FAULTS = [
  /** The connection breaks before the server hears anything. */
  'reset',
  /** The server does it, and the answer never arrives. */
  'lost-answer',
  /** The same, and the connection stays open until the client gives up. */
  'delay',
  /** The connection breaks in the middle of the request's body. */
  'cut-request',
  /** The connection breaks in the middle of the answer's body. */
  'cut-answer',
  /** The same, and the connection stays open until the client gives up. */
  'stall-answer',
  /** One byte of the request's body is another. */
  'flipped-request',
  /** One byte of an object is another; what is no object has no checksum, and TLS to protect it. */
  'flipped-answer',
  /** The server hears it twice, and the second answer is passed on. */
  'twice',
  'status-500',
  'status-503',
  'slow-down',
] as const;

export type Fault = (typeof FAULTS)[number];

/** `gone`: the server does it, and then says that the object was not there, as one may whose files are deleted by several. */
export type Treatment = Fault | 'gone' | 'none';

/** A proxy in front of an S3 server that breaks a share of what passes through it. */
export interface FaultyProxy {
  readonly endpoint: string;
  /** How many requests each fault has hit. */
  readonly counts: Record<Treatment, number>;
  /** What happens to the next request; asked once for each. */
  choose: (method: string, path: string) => Treatment;
  stop(): Promise<void>;
}

/** Each request is hit with this probability, by any of `faults` alike. */
export function chooseBy(
  random: Random,
  probability: number,
  faults: readonly Fault[] = FAULTS,
): () => Fault | 'none' {
  return () => {
    if (random() >= probability) return 'none';
    return faults[Math.floor(random() * faults.length)] ?? 'none';
  };
}

/** Starts one in front of the server at `port`, on this machine only. */
export async function startFaultyProxy(
  port: number,
  choose: FaultyProxy['choose'] = () => 'none',
): Promise<FaultyProxy> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const counts = Object.fromEntries(['none', 'gone', ...FAULTS].map((name) => [name, 0]));
  const server = createServer((asked, answer) => {
    void pass(asked, answer).catch(() => answer.destroy());
  });
  const pass = async (asked: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const body = await collect(asked);
    const fault = proxy.choose(asked.method ?? 'GET', asked.url ?? '/');
    counts[fault] = (counts[fault] ?? 0) + 1;
    await hit(fault, { asked, body, port, agent }, answer);
  };
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: FaultyProxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts: counts as FaultyProxy['counts'],
    choose,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      agent.destroy();
    },
  };
  return proxy;
}

interface Passing {
  readonly asked: IncomingMessage;
  readonly body: Buffer;
  readonly port: number;
  readonly agent: Agent;
}

interface Answered {
  readonly status: number;
  readonly headers: string[];
  readonly body: Buffer;
}

async function hit(fault: Treatment, passing: Passing, answer: ServerResponse): Promise<void> {
  switch (fault) {
    case 'reset':
      return void answer.destroy();
    case 'cut-request':
      await cutRequest(passing);
      return void answer.destroy();
    case 'status-500':
      return refuse(answer, 500, 'InternalError');
    case 'status-503':
      return refuse(answer, 503, 'ServiceUnavailable');
    case 'slow-down':
      return refuse(answer, 503, 'SlowDown');
    case 'gone':
      await forward(passing);
      return refuse(answer, 404, 'NoSuchKey');
    case 'twice':
      await forward(passing);
      return reply(answer, await forward(passing));
    case 'lost-answer':
      await forward(passing);
      return void answer.destroy();
    case 'delay':
      await forward(passing);
      return void (await once(answer, 'close'));
    case 'cut-answer':
      return sendHalf(answer, await forward(passing), () => answer.destroy());
    case 'stall-answer':
      return sendHalf(answer, await forward(passing), () => {});
    case 'flipped-request':
      return reply(answer, await forward({ ...passing, body: flipped(passing.body) }));
    case 'flipped-answer': {
      const { body, ...rest } = await forward(passing);
      const isObject = !rest.headers.includes('application/xml');
      return reply(answer, { ...rest, body: isObject ? flipped(body) : body });
    }
    case 'none':
      return reply(answer, await forward(passing));
  }
}

async function forward({ asked, body, port, agent }: Passing): Promise<Answered> {
  const { method, url: path, rawHeaders } = asked;
  const sent = startRequest({ host: '127.0.0.1', port, agent, method, path, headers: rawHeaders });
  sent.end(body);
  const [got] = (await once(sent, 'response')) as [IncomingMessage];
  return {
    status: got.statusCode ?? 502,
    headers: got.rawHeaders,
    body: await collect(got),
  };
}

async function cutRequest({ asked, body, port }: Passing): Promise<void> {
  const { method, url: path, rawHeaders } = asked;
  const sent = startRequest({ host: '127.0.0.1', port, method, path, headers: rawHeaders });
  sent.on('error', () => {});
  await new Promise<void>((resolve) => {
    sent.write(body.subarray(0, body.length >> 1), () => resolve());
  });
  sent.destroy();
}

function reply(answer: ServerResponse, { status, headers, body }: Answered): void {
  answer.writeHead(status, headers);
  answer.end(body);
}

/** Says the whole length and sends half. */
function sendHalf(
  answer: ServerResponse,
  { status, headers, body }: Answered,
  afterwards: () => void,
): void {
  if (body.length === 0) return void answer.destroy();
  answer.writeHead(status, headers);
  answer.write(body.subarray(0, body.length >> 1), afterwards);
}

function refuse(answer: ServerResponse, status: number, code: string): void {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>by the proxy</Message></Error>`;
  answer.writeHead(status, { 'content-type': 'application/xml' });
  answer.end(text);
}

function flipped(body: Buffer): Buffer {
  const other = Buffer.from(body);
  const middle = other.length >> 1;
  if (other.length > 0) other[middle] = (other[middle] ?? 0) ^ 1;
  return other;
}

async function collect(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
