/** Why a log line can't be understood, as it is counted and shown; never a piece of the line. */
export type LineReason =
  | 'line-too-long'
  | 'invalid-utf8'
  | 'invalid-json'
  | 'invalid-csv'
  | 'not-an-object'
  | 'missing-time'
  | 'invalid-time'
  | 'missing-messages'
  | 'invalid-messages'
  | 'missing-output'
  | 'invalid-output'
  | 'invalid-id'
  | 'invalid-tenant'
  | 'invalid-user'
  | 'invalid-conversation'
  | 'invalid-model'
  | 'invalid-feedback'
  | 'invalid-consent'
  | 'invalid-quality'
  | 'not-otlp'
  | 'invalid-span'
  | 'not-langfuse'
  | 'invalid-score';

/** Ends the reading of one line, which is then quarantined. Internal to the connectors. */
export class UnreadableLine extends Error {
  override readonly name = 'UnreadableLine';
  readonly reason: LineReason;

  constructor(reason: LineReason) {
    super(reason);
    this.reason = reason;
  }
}
