import type { ServerResponse } from 'node:http';
import { startLocalHost, type Asked } from './local-host.js';

/** A chat host on this machine that answers for as long as there is money. */
export interface PaidHost {
  readonly baseURL: string;
  /** Questions that were answered. */
  readonly answered: readonly Asked[];
  /** How many were refused over the bill. */
  refused(): number;
  /** Pays for so many more answers. */
  pay(answers: number): void;
}

/** Starts a host that passes questions on to another one, and has no credit yet: it answers 402. */
export async function startPaidHost(behind: () => string, key: string): Promise<PaidHost> {
  const answered: Asked[] = [];
  let credit = 0;
  let refusals = 0;
  const { baseURL } = await startLocalHost((asked, _, response) => {
    if (credit === 0) {
      refusals += 1;
      return refuseOverBill(response, 402, null);
    }
    credit -= 1;
    answered.push(asked);
    void passOn(behind(), key, asked, response);
    return undefined;
  });
  return {
    baseURL,
    answered,
    refused: () => refusals,
    pay: (answers) => void (credit = answers),
  };
}

/** A refusal over a bill, as hosts word it. */
export function refuseOverBill(
  response: ServerResponse,
  status: number,
  code: string | null,
): string {
  response.statusCode = status;
  return JSON.stringify({ error: { message: 'planted-secret', type: code, code } });
}

async function passOn(
  baseURL: string,
  key: string,
  { path, body }: Asked,
  response: ServerResponse,
): Promise<void> {
  const answer = await fetch(`${baseURL}${path.replace(/^\/v1/u, '')}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  response.writeHead(answer.status, { 'content-type': 'application/json' });
  response.end(await answer.text());
}
