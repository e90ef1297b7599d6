import type { Folder } from './mail/folder.js';
import { toMessages } from './serving.js';

/** A message as the mail application logs it: what it knows of the mail, and where the user filed it. */
export interface LogEntry {
  readonly id: string;
  /** ISO 8601. */
  readonly time: string;
  readonly thread: string;
  /** An address: personal data. */
  readonly sender: string;
  /** The mail as its reader saw it, quotations and personal data included; no model is shown these. */
  readonly mail: { readonly from: string; readonly subject: string; readonly text: string };
  /** What the assistant is asked about. */
  readonly prompt: string;
  /** Where the message ended up. */
  readonly filedIn: Folder;
}

/** The `model` of messages that were filed before there was an assistant. */
export const BY_HAND = 'by-hand';

/**
 * A line of the application's log, in the shape that holdfast reads without a mapping. The user's filing
 * is there for every message, whatever the model answered: left where it was put, or moved.
 */
export function toLogLine(entry: LogEntry, modelId: string, answer: string): object {
  return {
    id: entry.id,
    timestamp: entry.time,
    user_id: entry.sender,
    session_id: entry.thread,
    consent: true,
    mail: entry.mail,
    request: { model: modelId, messages: toMessages(entry.prompt) },
    response: { choices: [{ message: { role: 'assistant', content: answer } }] },
    feedback: [
      {
        name: 'filing',
        kind: 'human',
        surface: 'production',
        verdict: answer === entry.filedIn ? 'approved' : 'rejected',
        correction: entry.filedIn,
        at: entry.time,
      },
    ],
  };
}
