import type { IsOptedOut } from '../domain/opt-out.js';
import type { CallColumns } from './call-columns.js';
import type { RelatedHistory, WithheldReason } from './conversation-history.js';
import type { DigestNumbers } from './digest-numbers.js';
import { type HeldRecord, partsOf } from './held-records.js';

/** What of a window has no consent or has opted out. */
export interface WithheldLines {
  /** Numbers of the transcripts of calls that were denied consent, by the calls' ids; `null` where a line has none. */
  readonly denied: ReadonlyMap<string, number | null>;
  /** Numbers of the transcripts of calls that opted out. */
  readonly optedOut: ReadonlySet<number>;
  /** Whether a call has consent by its newest line here. */
  readonly consents: (callId: string) => boolean;
}

/** Why calls and records are withheld; `null` where nothing speaks against them. */
export interface Withholding {
  /** Of what a call is or goes on from. */
  readonly becauseOf: (call: number) => WithheldReason | null;
  readonly reasonOf: (record: HeldRecord) => WithheldReason | null;
}

/**
 * A call without consent, or one that opted out, is kept out with everything that holds its text: calls that go on
 * from it, now and later, and records that the chain holds.
 */
export function createWithholding(
  lines: WithheldLines,
  related: RelatedHistory,
  calls: CallColumns,
  digests: DigestNumbers,
  isOptedOut: IsOptedOut,
): Withholding {
  const reasons = new Map<number, WithheldReason>();
  const withhold = (transcript: number, reason: WithheldReason): void => {
    if (reasons.get(transcript) !== 'opted-out') reasons.set(transcript, reason);
  };
  for (const { callId, transcript, reason } of related.withheld) {
    if (callId === null || !lines.consents(callId)) withhold(digests.numberOf(transcript), reason);
  }
  for (const transcript of lines.denied.values()) {
    if (transcript !== null) withhold(transcript, 'no-consent');
  }
  for (const { calls: logged, formerly } of related.conversations) {
    for (const { turn, transcript } of [...logged, ...formerly]) {
      const isOut = isOptedOut({ id: turn.callId });
      if (!isOut && !lines.denied.has(turn.callId)) continue;
      withhold(digests.numberOf(transcript), isOut ? 'opted-out' : 'no-consent');
    }
  }
  for (const transcript of lines.optedOut) withhold(transcript, 'opted-out');
  const becauseOfThese = (transcripts: Iterable<number>): WithheldReason | null => {
    let found: WithheldReason | null = null;
    for (const transcript of transcripts) {
      const reason = reasons.get(transcript);
      if (reason === 'opted-out') return reason;
      found ??= reason ?? null;
    }
    return found;
  };
  return {
    becauseOf(call) {
      if (reasons.size === 0) return null;
      return becauseOfThese([calls.whole(call), ...partsOf(call, calls)]);
    },
    reasonOf({ calls: ofRecord, holds, formerly }) {
      if (holds.some((id) => isOptedOut({ id }))) return 'opted-out';
      const transcripts = ofRecord.flatMap(({ logged, line, isRevised }) => [
        ...(logged === null ? [] : [digests.numberOf(logged.transcript)]),
        ...(isRevised ? [calls.whole(line), ...partsOf(line, calls)] : []),
      ]);
      const ids = [
        ...ofRecord.map(({ id }) => id),
        ...holds,
        ...formerly.map(({ turn }) => turn.callId),
      ];
      return (
        becauseOfThese(transcripts) ??
        (ids.some((id) => lines.denied.has(id)) ? 'no-consent' : null)
      );
    },
  };
}
