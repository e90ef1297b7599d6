/** Everything that decides what an index finds. An index of another identity finds something else, or nothing. */
export interface IndexIdentity {
  /** What is indexed: the prompts of a release. */
  readonly kind: 'near-prompts';
  /** Version of the payload's form. */
  readonly payloadVersion: number;
  readonly sketchScheme: string;
  readonly slotCount: number;
  readonly bandCount: number;
  readonly rowCount: number;
  readonly seed: number;
  readonly shingleUnit: 'words' | 'chars';
  readonly shingleSize: number;
  readonly threshold: number;
  /** Version of normalisation, words and hashes. */
  readonly textVersion: string;
  readonly unicodeVersion: string;
  /** Digest of what was indexed, a release's; with the redactor's version where it was redacted once more. */
  readonly source: string;
}

/** The head of an index file: what it is, and how much of everything is in it. */
export interface IndexHeader extends IndexIdentity {
  readonly counts: Readonly<Record<string, number>>;
}
