import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A chat host on 127.0.0.1 whose capacity moves. */
export interface MovingHost {
  readonly baseURL: string;
  /** How many it answers at once from now on; what is more is refused with 429. 0: it is away. */
  capacity(slots: number): void;
  /** How much of its capacity was used since then: busy slots over slots, by time. */
  usedSince(atMs: number): number;
  /** When requests came, by `performance.now()`. */
  readonly received: readonly number[];
  readonly refused: () => number;
  readonly mostAtOnce: () => number;
  close(): Promise<void>;
}

export interface MovingHostOptions {
  readonly latencyMs: number;
  /** How it is away: connections are cut, or it answers with a status. */
  readonly awayAs?: 'cut' | number;
  /** Tokens a minute by a bucket that holds a twelfth of it; each request takes `tokensPerRequest`. */
  readonly tokensPerMinute?: number;
  readonly tokensPerRequest?: number;
  /** Whether it says in headers what is left. */
  readonly tells?: boolean;
}

interface Change {
  readonly atMs: number;
  readonly busy: number;
  readonly slots: number;
}

/** Answers with a digest of the question, so that an answer belongs to one question and no other. */
export function answerTo(question: string): string {
  return createHash('sha256').update(question).digest('hex').slice(0, 12);
}

export async function startMovingHost(
  slots: number,
  options: MovingHostOptions,
): Promise<MovingHost> {
  const { latencyMs, awayAs = 'cut', tokensPerMinute = Infinity, tokensPerRequest = 20 } = options;
  const received: number[] = [];
  const changes: Change[] = [{ atMs: performance.now(), busy: 0, slots }];
  let refused = 0;
  let tokens = tokensPerMinute / 12;
  let earnedAtMs = performance.now();

  const now = (): Change => changes.at(-1) ?? { atMs: 0, busy: 0, slots };
  const change = (to: Partial<Change>): void =>
    void changes.push({ ...now(), ...to, atMs: performance.now() });

  function tokensLeft(): number {
    const at = performance.now();
    tokens = Math.min(
      tokensPerMinute / 12,
      tokens + ((at - earnedAtMs) * tokensPerMinute) / 60_000,
    );
    earnedAtMs = at;
    return tokens;
  }

  function headers(): Readonly<Record<string, string>> {
    if (options.tells !== true) return {};
    const left = Math.max(0, Math.floor(tokensLeft()));
    const missing = tokensPerMinute / 12 - left;
    return {
      'x-ratelimit-limit-tokens': String(tokensPerMinute / 12),
      'x-ratelimit-remaining-tokens': String(left),
      'x-ratelimit-reset-tokens': `${Math.ceil((missing * 60_000) / tokensPerMinute) + 1}ms`,
    };
  }

  function refuse(response: ServerResponse, status: number): void {
    refused += 1;
    response.writeHead(status, { 'content-type': 'application/json', ...headers() });
    response.end('{"error":{"code":"rate_limit_exceeded"}}');
  }

  function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    received.push(performance.now());
    if (now().slots === 0) {
      if (awayAs === 'cut') request.socket.destroy();
      else refuse(response, awayAs);
      return;
    }
    if (now().busy >= now().slots || tokensLeft() < tokensPerRequest) return refuse(response, 429);
    tokens -= tokensPerRequest;
    change({ busy: now().busy + 1 });
    const { messages } = JSON.parse(body) as { messages: readonly { content: string }[] };
    setTimeout(() => {
      change({ busy: now().busy - 1 });
      response.writeHead(200, { 'content-type': 'application/json', ...headers() });
      const message = { role: 'assistant', content: answerTo(messages[0]?.content ?? '') };
      const usage = { prompt_tokens: tokensPerRequest - 3, completion_tokens: 3 };
      response.end(JSON.stringify({ choices: [{ message, finish_reason: 'stop' }], usage }));
    }, latencyMs);
  }

  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => answer(request, response, body));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    baseURL: `http://127.0.0.1:${port}/v1`,
    capacity: (changed) => change({ slots: changed }),
    usedSince: (atMs) => used(changes, atMs, performance.now()),
    received,
    refused: () => refused,
    mostAtOnce: () => Math.max(...changes.map(({ busy }) => busy)),
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

/** Busy slots over slots, each by the time that it was so; no more than all can be used. */
function used(changes: readonly Change[], fromMs: number, toMs: number): number {
  let busy = 0;
  let slots = 0;
  changes.forEach((one, index) => {
    const begin = Math.max(one.atMs, fromMs);
    const end = Math.min(changes[index + 1]?.atMs ?? toMs, toMs);
    if (end <= begin) return;
    busy += Math.min(one.busy, one.slots) * (end - begin);
    slots += one.slots * (end - begin);
  });
  return busy / slots;
}
