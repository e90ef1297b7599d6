import type { IsOptedOut } from '../domain/opt-out.js';
import { assembleConversations } from './assemble-conversations.js';
import type { Assembly } from './assembly.js';
import type { RelatedHistory, WithheldCall } from './conversation-history.js';
import { withheldKey } from './conversation-history.js';
import type { HeldRecord, KnownLine } from './held-records.js';
import { heldByLine, heldRecord, lastCall } from './held-records.js';
import type { WindowCalls } from './window-calls.js';
import { createWithholding } from './withholding.js';

/** What became of a window's calls, and what the chain is to know of it. */
export interface AssembledWindow extends Assembly {
  /** The record that the chain holds a call in, and whether it has others; the call itself where it knows no such. */
  recordOf(callId: string): { readonly id: string; readonly isMany: boolean };
  /** Records of the chain that hold the text of a call without consent, by rising id. */
  readonly withdrawn: readonly { readonly id: string; readonly lastCall: string }[];
  /** What the chain doesn't know of yet, in a fixed order. */
  readonly withheld: readonly WithheldCall[];
}

/** Where the chain has nothing to do with some calls. */
export const NO_HISTORY: RelatedHistory = { conversations: [], withheld: [] };

/** Puts conversations together, given all calls of theirs and all that the chain has to do with these. */
export function assembleWindow(
  window: WindowCalls,
  related: RelatedHistory,
  isOptedOut: IsOptedOut,
): AssembledWindow {
  const { calls, digests, optedOut } = window;
  const { known, denied } = linesById(window);
  const held = heldRecords(related, known);
  const forgiven = consentingAgain(related, window);
  const lines = { denied, optedOut, consents: (id: string) => forgiven.has(id) };
  const withholding = createWithholding(lines, related, calls, digests, isOptedOut);
  const records = recordsByCall(held);
  const withdrawn = held.filter((record) => withholding.reasonOf(record) === 'no-consent');
  const withheld = withheldBy(window, denied, records);
  const ids = new Set(held.map(({ id }) => id));
  const assembly = assembleConversations({
    ...{ calls, digests, held },
    isFresh: (line) => window.stateOf(line) === 'fresh',
    withheldBecause: withholding.becauseOf,
    isWithheld: withholding.reasonOf,
    isAgainst: (line) => window.isAgainst(line),
  });
  return {
    ...assembly,
    fateOf(line) {
      const fate = assembly.fateOf(line);
      const isLeftOut = window.stateOf(line) === 'revised' && ids.has(calls.id(line));
      return fate === null && isLeftOut ? 'rewritten-turn' : fate;
    },
    recordOf(callId) {
      const record = records.get(callId);
      const isMany = record !== undefined && (record.calls.length > 1 || record.id !== callId);
      return { id: record?.id ?? callId, isMany };
    },
    withdrawn: withdrawn.map((record) => ({ id: record.id, lastCall: lastCall(record).id })),
    withheld: newlyWithheld(withheld, related),
  };
}

interface LinesById {
  /** Lines of calls that the chain may have placed. */
  readonly known: ReadonlyMap<string, KnownLine>;
  /** Numbers of the transcripts of calls that have no consent; `null` of those that only their ids tell of. */
  readonly denied: ReadonlyMap<string, number | null>;
}

function linesById(window: WindowCalls): LinesById {
  const { calls } = window;
  const known = new Map<string, KnownLine>();
  const denied = new Map<string, number | null>();
  for (let line = 0; line < calls.count; line += 1) {
    const state = window.stateOf(line);
    if (state === 'denied') {
      denied.set(calls.id(line), calls.isCall(line) ? calls.whole(line) : null);
    } else if (state === 'revised' || state === 'seen') {
      const isRevised = state === 'revised';
      known.set(calls.id(line), { line, isRevised, isLost: !calls.isCall(line) });
    }
  }
  return { known, denied };
}

/**
 * The records that the chain holds of these conversations, and those that it knows by their ids alone. A call that its
 * own record has lost is neither, since that goes by its id.
 */
function heldRecords(
  { conversations }: RelatedHistory,
  known: ReadonlyMap<string, KnownLine>,
): readonly HeldRecord[] {
  const held = conversations.flatMap(
    (conversation) => heldRecord(conversation, (id) => known.get(id) ?? null) ?? [],
  );
  const ids = new Set(held.flatMap(({ id, calls }) => [id, ...calls.map((call) => call.id)]));
  for (const [id, line] of known) {
    if (line.isRevised && !ids.has(id)) held.push(heldByLine(id, line));
  }
  return held.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The record that has each call; for want of one, that which had it once. */
function recordsByCall(held: readonly HeldRecord[]): ReadonlyMap<string, HeldRecord> {
  const records = new Map<string, HeldRecord>();
  for (const record of held) {
    for (const { turn } of record.formerly) records.set(turn.callId, record);
  }
  for (const record of held) for (const { id } of record.calls) records.set(id, record);
  return records;
}

/** Ids of withheld calls that have consent by their newest lines. */
function consentingAgain({ withheld }: RelatedHistory, window: WindowCalls): ReadonlySet<string> {
  const { calls } = window;
  const asked = new Set(withheld.flatMap(({ callId }) => callId ?? []));
  const found = new Set<string>();
  if (asked.size === 0) return found;
  for (let line = 0; line < calls.count; line += 1) {
    const state = window.stateOf(line);
    const consents = state === 'fresh' || state === 'revised';
    if (consents && asked.has(calls.id(line))) found.add(calls.id(line));
  }
  return found;
}

/** The transcripts of calls without consent, as their lines have them and as the chain had them, and of who opted out. */
function withheldBy(
  { digests, optedOut }: WindowCalls,
  denied: ReadonlyMap<string, number | null>,
  records: ReadonlyMap<string, HeldRecord>,
): readonly WithheldCall[] {
  const withheld: WithheldCall[] = [];
  for (const [callId, whole] of denied) {
    const transcripts = new Set(whole === null ? [] : [digests.at(whole)]);
    const record = records.get(callId);
    for (const logged of [
      ...(record?.calls ?? []).map((call) => call.logged),
      ...(record?.formerly ?? []),
    ]) {
      if (logged?.turn.callId === callId) transcripts.add(logged.transcript);
    }
    for (const transcript of transcripts) {
      withheld.push({ transcript, reason: 'no-consent', callId });
    }
  }
  for (const whole of optedOut) {
    withheld.push({ transcript: digests.at(whole), reason: 'opted-out', callId: null });
  }
  return withheld;
}

function newlyWithheld(
  withheld: readonly WithheldCall[],
  related: RelatedHistory,
): readonly WithheldCall[] {
  const known = new Set(related.withheld.map(withheldKey));
  return withheld
    .filter((each) => !known.has(withheldKey(each)))
    .sort((a, b) => (withheldKey(a) < withheldKey(b) ? -1 : 1));
}
