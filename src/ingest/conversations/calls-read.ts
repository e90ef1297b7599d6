import type { KnownContent } from '../known-contents.js';
import type { LoggedLine } from '../lines/logged-line.js';
import type { Transcript } from '../transcript.js';
import { createTextFilter, type TextFilter } from './text-filter.js';

/** What all calls that were read have to do with each other and with the chain, in memory that doesn't grow. */
export interface CallsRead {
  add(line: LoggedLine): void;
  /** Takes note of a record that opted out. */
  optOut(transcript: Transcript | null): void;
  /** The transcripts of calls that opted out. */
  readonly optedOut: ReadonlySet<string>;
  /** Whether some call may go on from a transcript, or have it without consent. */
  mayBeContinued(transcript: string): boolean;
  /** Whether a call may have a transcript, or go on from it. */
  mayHaveTranscript(transcript: string): boolean;
  /** Whether a call of this id may be known to the chain, or without consent. */
  mayHaveCall(id: string): boolean;
}

/** Without a chain nobody asks what it may know of, and nothing is held for that. */
export function createCallsRead(chain: ReadonlyMap<string, KnownContent> | null): CallsRead {
  const continued = createTextFilter();
  const [transcripts, ids] =
    chain !== null ? [createTextFilter(), createTextFilter()] : [EVERYTHING, EVERYTHING];
  const optedOut = new Set<string>();
  return {
    optedOut,
    add({ id, call, isKnown, consents, contentDigest }) {
      if (call === null) {
        if (isKnown && chain?.get(id)?.contentDigest !== contentDigest) ids.add(id);
        return;
      }
      for (const part of call.parts) {
        continued.add(part);
        transcripts.add(part);
      }
      if (!consents) continued.add(call.whole);
      transcripts.add(call.whole);
      if (isKnown || !consents) ids.add(id);
    },
    optOut(transcript) {
      if (transcript === null) return;
      optedOut.add(transcript.whole);
      transcripts.add(transcript.whole);
    },
    mayBeContinued: (transcript) => continued.mayHave(transcript),
    mayHaveTranscript: (transcript) => transcripts.mayHave(transcript),
    mayHaveCall: (id) => ids.mayHave(id),
  };
}

const EVERYTHING: TextFilter = { add: () => undefined, mayHave: () => true };
