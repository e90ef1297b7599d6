import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { loadMail } from '../../src/demo/mail/load-mail.js';

const FROM_MS = Date.parse('2026-01-05T00:00:00.000Z');
const WEEK_MS = 7 * 86_400_000;
/** As much of a mail as an assistant is shown. */
const PROMPT_CHARACTERS = 1_500;
const BATCH_CHARACTERS = 1_000_000;
const SYSTEM = 'You are a mail triage. Name the folder that the message belongs in.';

/** The week that the log's lines are of. */
export const LOGGED_WEEK = {
  id: '2026-W02',
  from: new Date(FROM_MS).toISOString(),
  to: new Date(FROM_MS + WEEK_MS).toISOString(),
} as const;

/**
 * Writes a log of `records` calls, about 1.6 kB each, as JSON Lines: the mails of the demo's corpus again and again,
 * each time as other calls, with the personal data that is in them. Times are spread over a week, in no order; but where
 * there are several `turns`, so many calls are a conversation, each of which goes on from the one before it and is later.
 */
export async function writeMailLog(path: string, records: number, turns = 1): Promise<void> {
  const mails = await loadMail();
  const file = openSync(path, 'w');
  let batch = '';
  for (let record = 0; record < records; record += 1) {
    const turn = record % turns;
    const mail = mails[((record - turn) / turns) % mails.length];
    if (mail === undefined) throw new Error('the corpus is empty');
    const place = (((record - turn) * 7_919) % records) + turn;
    const time = new Date(FROM_MS + place * (WEEK_MS / records));
    const at = time.toISOString();
    const line = {
      id: `call-${record}`,
      timestamp: at,
      user_id: mail.sender,
      session_id: turns === 1 ? mail.thread : `session-${record - turn}`,
      consent: true,
      request: {
        model: 'triage-1',
        messages: [
          { role: 'system', content: SYSTEM },
          { role: 'user', content: `${mail.subject}\n\n${mail.body.slice(0, PROMPT_CHARACTERS)}` },
          ...Array.from({ length: turn }, () => [
            { role: 'assistant', content: mail.folder },
            { role: 'user', content: 'Are you sure?' },
          ]).flat(),
        ],
      },
      response: {
        id: `response-${record}`,
        choices: [{ index: 0, message: { role: 'assistant', content: mail.folder } }],
        usage: { prompt_tokens: 400, completion_tokens: 2 },
      },
      feedback: [{ name: 'filing', kind: 'human', verdict: 'approved', correction: null, at }],
    };
    batch += `${JSON.stringify(line)}\n`;
    if (batch.length < BATCH_CHARACTERS) continue;
    writeSync(file, batch);
    batch = '';
  }
  writeSync(file, batch);
  // What is measured next does not wait for this to reach the disk.
  fsyncSync(file);
  closeSync(file);
}
