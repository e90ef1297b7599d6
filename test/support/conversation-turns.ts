import assert from 'node:assert/strict';
import { makeTickets, type Ticket } from './traffic.js';

/** How many conversations are logged, and how many turns each of them has. */
export const CONVERSATIONS = 40;
export const TURNS = 4;

/** When the turns of all conversations are: two in 2026's first week, and one in each of the next two. */
const TIMES = ['2026-01-03T10', '2026-01-04T10', '2026-01-06T10', '2026-01-14T10'];
const said = makeTickets('said', CONVERSATIONS * TURNS, '2025-12-29', '2026-01-05');

/** A turn of every conversation, in order. */
export function turnsOf(turn: number): readonly object[] {
  return Array.from({ length: CONVERSATIONS }, (_, conversation) => turnOf(conversation, turn));
}

/** A turn of a conversation, as its application logs it: with all that was said before. */
export function turnOf(conversation: number, turn: number, changes: object = {}): object {
  const tickets = said.slice(conversation * TURNS, conversation * TURNS + turn + 1);
  const { text, label }: Ticket = tickets.at(-1) ?? assert.fail();
  const before = tickets.slice(0, -1).flatMap((each) => [
    { role: 'user', content: `${each.text}, says jo${conversation}@example.org` },
    { role: 'assistant', content: each.label },
  ]);
  return {
    id: callId(conversation, turn),
    timestamp: `${TIMES[turn]}:${String(conversation).padStart(2, '0')}:00.000Z`,
    request: {
      model: 'triage-v1',
      messages: [
        { role: 'system', content: 'Name the queue this message belongs in.' },
        ...before,
        { role: 'user', content: `${text}, says jo${conversation}@example.org` },
      ],
    },
    response: { choices: [{ message: { role: 'assistant', content: label } }] },
    session_id: `conversation ${conversation}`,
    user_id: `user ${conversation}`,
    feedback: [thumb('approved')],
    ...changes,
  };
}

/** The id that a turn is logged with; that of the first is the record's. */
export function callId(conversation: number, turn: number): string {
  return `call ${conversation}.${turn}`;
}

/** What a user says of an answer. */
export function thumb(verdict: 'approved' | 'rejected'): object {
  const at = '2026-01-04T12:00:00Z';
  return { name: 'thumbs', kind: 'human', surface: 'production', verdict, at };
}
