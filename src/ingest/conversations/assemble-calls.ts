import { invariant } from '../../domain/errors.js';
import type { IsOptedOut } from '../../domain/opt-out.js';
import type { WithheldCall } from '../conversation-history.js';
import type { WaitingConversation } from '../conversation-rows.js';
import type { PlacedLine } from '../lines/logged-line.js';
import type { HeldFates } from '../take-out.js';
import { type TakeIn, turnsOf } from '../take-in.js';
import { createWindowCalls, type WindowCalls } from '../window-calls.js';
import { type AssembledWindow, assembleWindow, NO_HISTORY } from '../window-conversations.js';
import type { CallLog } from './call-log.js';
import type { ChainTies } from './chain-ties.js';

export interface AssembleCallsOptions {
  readonly takeIn: TakeIn;
  readonly ties: ChainTies;
  /** The transcripts of calls that opted out. */
  readonly optedOut: ReadonlySet<string>;
  readonly isOptedOut: IsOptedOut;
  /** Is told of every call that is kept out with all that goes on from it, in no particular order. */
  readonly withhold: (call: WithheldCall) => void;
}

/** What becomes of records that the chain holds. */
export interface AssembledCalls extends HeldFates {
  /** The records whose texts are not at hand, as they are to be remembered. */
  readonly waitingConversations: readonly WaitingConversation[];
}

/**
 * Puts conversations together, some at a time, and takes them in. The chain knows nothing of most; all those that it
 * may know of are put together at once, since two of them may have one record of it to do with.
 */
export async function assembleCalls(
  log: CallLog,
  { takeIn, ties, optedOut, isOptedOut, withhold }: AssembleCallsOptions,
): Promise<AssembledCalls> {
  const withdrawn: AssembledWindow['withdrawn'][number][] = [];
  const take = (calls: WindowCalls, assembled: AssembledWindow): void => {
    takeIn.calls(calls, assembled);
    for (const each of assembled.withheld) withhold(each);
    for (const each of assembled.withdrawn) withdrawn.push(each);
  };
  let tied = createWindowCalls([]);
  for (const { calls: settled, isTied } of log.batches((line) => ties.isTied(line))) {
    if (isTied) tied = createWindowCalls(settled, optedOut);
    else {
      const calls = createWindowCalls(settled);
      take(calls, assembleWindow(calls, NO_HISTORY, isOptedOut));
    }
  }
  const related = await ties.related(idsBeyondFresh(tied));
  const assembled = assembleWindow(tied, related, isOptedOut);
  take(tied, assembled);
  return {
    recordOf: (callId) => assembled.recordOf(callId),
    withdrawn,
    waiting: assembled.waiting,
    waitingConversations: assembled.waiting.map(({ id, turns, holds }) => ({
      ...{ id, holds },
      turns: turnsOf({ turns }, tied).map((turn) =>
        typeof turn === 'string' ? turn : placeOf(turn),
      ),
    })),
  };
}

/** Whether a call of this id says something of one that the chain may hold. */
function idsBeyondFresh({ settled }: WindowCalls): (id: string) => boolean {
  const ids = new Set(settled.flatMap(({ line, state }) => (state === 'fresh' ? [] : [line.id])));
  return (id) => ids.has(id);
}

function placeOf({ place }: PlacedLine): number {
  invariant(place !== null, 'a turn is needed and was never written');
  return place;
}
