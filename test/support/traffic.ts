import { createHash } from 'node:crypto';

/** One message to a support desk, with the queue it belongs in. */
export interface Ticket {
  readonly id: string;
  readonly text: string;
  readonly label: string;
  readonly time: string;
  readonly conversation: string;
  readonly user: string;
}

const TOPICS = ['billing', 'shipping', 'login', 'returns'] as const;
const TOPIC_WORDS = 60;
const COMMON_WORDS = 400;

/** A number in [0, 1) that depends on nothing but its name. */
export function draw(...name: readonly (string | number)[]): number {
  const digest = createHash('sha256').update(name.join('/')).digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}

/**
 * `count` messages with times spread over `[from, to)`: 30 words each, three of ten from the topic's own
 * sixty, the rest common to all. Nothing is alike by chance: five-word runs of two messages don't meet.
 */
export function makeTickets(
  name: string,
  count: number,
  from: string,
  to: string,
): readonly Ticket[] {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  return Array.from({ length: count }, (_, n) => {
    const topic = TOPICS[Math.floor(draw(name, n, 'topic') * TOPICS.length)] ?? TOPICS[0];
    const words = Array.from({ length: 30 }, (_word, w) =>
      draw(name, n, w, 'kind') < 0.3
        ? `${topic.slice(0, 2)}${word(Math.floor(draw(name, n, w, 'topic') * TOPIC_WORDS))}`
        : word(1000 + Math.floor(draw(name, n, w, 'common') * COMMON_WORDS)),
    );
    return {
      id: `${name}-${n}`,
      text: words.join(' '),
      label: topic,
      time: new Date(start + Math.floor(((n + 0.5) / count) * (end - start))).toISOString(),
      conversation: `${name}-thread-${Math.floor(n / 2)}`,
      user: `user-${Math.floor(draw(name, n, 'user') * 50)}`,
    };
  });
}

/** A ticket as a log line of an OpenAI-shaped application, with the filing that its user gave it. */
export function toLogLine(ticket: Ticket, answer: string, changes: object = {}): object {
  return {
    id: ticket.id,
    timestamp: ticket.time,
    request: {
      model: 'triage-v1',
      messages: [
        { role: 'system', content: 'Name the queue this message belongs in.' },
        { role: 'user', content: ticket.text },
      ],
    },
    response: { choices: [{ message: { role: 'assistant', content: answer } }] },
    session_id: ticket.conversation,
    user_id: ticket.user,
    feedback: [
      {
        name: 'filing',
        kind: 'human',
        surface: 'production',
        verdict: answer === ticket.label ? 'approved' : 'rejected',
        correction: ticket.label,
        at: ticket.time,
      },
    ],
    ...changes,
  };
}

/** A pronounceable word for a number. */
function word(n: number): string {
  const consonants = 'bdfgklmnprstvz';
  const vowels = 'aeiou';
  let text = '';
  for (let rest = n + 7; rest > 0; rest = Math.floor(rest / 70)) {
    text += (consonants[rest % 14] ?? 'b') + (vowels[Math.floor(rest / 14) % 5] ?? 'a');
  }
  return text;
}
