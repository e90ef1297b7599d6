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
  const records = new Map<string, HeldRecord>();
  for (const record of held) for (const { id } of record.calls) records.set(id, record);
  const withdrawn = held.filter((record) => withholding.reasonOf(record) === 'no-consent');
  const withheld = withheldBy(window, denied, records);
  return {
    ...assembleConversations({
      ...{ calls, digests, held },
      isFresh: (line) => window.stateOf(line) === 'fresh',
      withheldBecause: withholding.becauseOf,
      isWithheld: withholding.reasonOf,
      isAgainst: (line) => window.isAgainst(line),
    }),
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
  /** Numbers of the transcripts of calls that have no consent. */
  readonly denied: ReadonlyMap<string, number>;
}

function linesById(window: WindowCalls): LinesById {
  const { calls } = window;
  const known = new Map<string, KnownLine>();
  const denied = new Map<string, number>();
  for (let line = 0; line < calls.count; line += 1) {
    const state = window.stateOf(line);
    if (state === 'denied') denied.set(calls.id(line), calls.whole(line));
    else if (state === 'revised' || state === 'seen') {
      known.set(calls.id(line), { line, isRevised: state === 'revised' });
    }
  }
  return { known, denied };
}

/** The records that the chain holds of these conversations, and those that it knows by their ids alone. */
function heldRecords(
  { conversations }: RelatedHistory,
  known: ReadonlyMap<string, KnownLine>,
): readonly HeldRecord[] {
  const held = conversations.flatMap(
    (conversation) => heldRecord(conversation, (id) => known.get(id) ?? null) ?? [],
  );
  const ids = new Set(held.flatMap(({ calls }) => calls.map(({ id }) => id)));
  for (const [id, { line, isRevised }] of known) {
    if (isRevised && !ids.has(id)) held.push(heldByLine(id, line));
  }
  return held.sort((a, b) => (a.id < b.id ? -1 : 1));
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
  denied: ReadonlyMap<string, number>,
  records: ReadonlyMap<string, HeldRecord>,
): readonly WithheldCall[] {
  const withheld: WithheldCall[] = [];
  for (const [callId, whole] of denied) {
    const logged = records.get(callId)?.calls.find(({ id }) => id === callId)?.logged;
    for (const transcript of new Set([
      digests.at(whole),
      logged?.transcript ?? digests.at(whole),
    ])) {
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
