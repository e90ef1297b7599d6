import { fc } from './properties.js';
import { canonicalJson } from '../../src/domain/json.js';
import { sha256Of } from '../../src/ingest/digests.js';
import type { CanonicalRecord, Message } from '../../src/domain/record.js';
import { makeRecord } from './records.js';

/** One step of a made-up log: which call to go on from, and what is said and answered. */
interface Step {
  readonly from: number;
  readonly asks: string;
  readonly answers: string;
  readonly isTool: boolean;
  readonly isLogged: boolean;
  readonly minute: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  from: fc.nat(12),
  asks: fc.constantFrom('and then?', 'why?', 'go on'),
  answers: fc.constantFrom('yes', 'no'),
  isTool: fc.boolean(),
  isLogged: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, fc.constant(false)),
  minute: fc.nat(3),
});

/**
 * Calls of one conversation whose words are few, so that branches, equal calls, regenerated answers, tool calls,
 * missing calls and equal times all come up.
 */
function conversation(name: string): fc.Arbitrary<readonly CanonicalRecord[]> {
  return fc
    .tuple(fc.array(step, { maxLength: 14 }), fc.boolean(), fc.nat(2))
    .map(([steps, hasSystem, by]) => {
      const system: Message[] = hasSystem ? [{ role: 'system', content: 'be brief' }] : [];
      const transcripts: (readonly Message[])[] = [system];
      return steps.flatMap((each, index) => {
        const before = transcripts[each.from % transcripts.length] ?? system;
        const answered = before.at(-1)?.toolCalls?.[0];
        const asked: Message =
          answered === undefined
            ? { role: 'user', content: each.asks }
            : { role: 'tool', content: each.asks, toolCallId: answered.id };
        const messages = [...before, asked];
        const output: Message = each.isTool
          ? {
              role: 'assistant',
              content: '',
              toolCalls: [{ id: 'call', name: each.answers, arguments: '{}' }],
            }
          : { role: 'assistant', content: each.answers };
        transcripts.push([...messages, output]);
        if (!each.isLogged) return [];
        const id = `${name}-${String((index * 7) % 15).padStart(2, '0')}`;
        const minute = String(each.minute + index).padStart(2, '0');
        return makeRecord(id, '', {
          messages,
          output,
          time: `2026-01-06T00:${minute}:00.000Z`,
          conversationId: by === 0 ? null : sha256Of(name),
          userKeyHash: by === 2 ? null : sha256Of('user'),
        });
      });
    });
}

/** Calls of several conversations, in any order. */
export const conversationCalls: fc.Arbitrary<readonly CanonicalRecord[]> = fc
  .tuple(conversation('a'), conversation('b'), conversation('c'))
  .chain((each) => fc.shuffledSubarray(each.flat(), { minLength: each.flat().length }));

/** Whether a call begins with another's messages and answer: all of both are compared. */
export function continues(later: CanonicalRecord, earlier: CanonicalRecord): boolean {
  const nameOf = ({ conversationId, userKeyHash }: CanonicalRecord): string | null =>
    conversationId === null ? userKeyHash : `conversation ${conversationId}`;
  const begun = [...earlier.messages, earlier.output];
  return (
    nameOf(later) !== null &&
    nameOf(later) === nameOf(earlier) &&
    later.messages.length >= begun.length &&
    canonicalJson(later.messages.slice(0, begun.length)) === canonicalJson(begun)
  );
}

/** Where a call is folded into, by comparing it with every other one. */
export function foldedInto(
  call: CanonicalRecord,
  all: readonly CanonicalRecord[],
): CanonicalRecord | null {
  const later = all.filter((other) => continues(other, call) && other.time >= call.time);
  return [...later].sort(byTimeAndId)[0] ?? null;
}

export function byTimeAndId(a: CanonicalRecord, b: CanonicalRecord): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}
