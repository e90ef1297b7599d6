/** A line that may be its id's newest, and no more of it than deciding takes. */
export interface LoggedLine {
  readonly id: string;
  readonly contentDigest: string;
  readonly source: number;
  readonly uri: string;
  /** Its number within its object. */
  readonly line: number;
  /** Its own time, in milliseconds since 1970. */
  readonly time: number;
  /** Its own time, or that of its last signal. */
  readonly newest: number;
  readonly consents: boolean;
  /** Whether it says itself that there is no consent, whatever the configuration says. */
  readonly denies: boolean;
  /** A type of personal data that no record may hold, where it holds one. */
  readonly unwanted: string | null;
  /** Whether the chain knows its id. */
  readonly isKnown: boolean;
  /** What the books note of it where it is kept, as a text; empty for nothing. */
  readonly notes: string;
  /** `null` where nothing says which conversation it is of, or where it takes no part. */
  readonly call: LoggedLineCall | null;
}

/** A line that is a call of some conversation: digests and no text. */
export interface LoggedLineCall {
  /** How many messages its request has: its answer stands at this index of whatever continues it. */
  readonly messages: number;
  /** The digest of its transcript with its answer. */
  readonly whole: string;
  /** Those of its transcript up to each assistant message, by rising length. */
  readonly parts: readonly string[];
  /** Whether one of its signals rejects or corrects its answer. */
  readonly isAgainst: boolean;
}

/** A line among all of its window. */
export interface PlacedLine extends LoggedLine {
  /** How many lines were read before it. */
  readonly sequence: number;
  /** Where its record stands in the spill; `null` where the record won't be needed. */
  readonly place: number | null;
}

/** All digests that a call's transcript goes through; the first is that of all calls that begin alike. */
export function* digestsOf({ parts, whole }: LoggedLineCall): Generator<string, void, undefined> {
  yield* parts;
  yield whole;
}
