import type { Books } from './books.js';
import type { EvalSetReference } from './sample.js';
import type { Window } from './window.js';

/** A stored object by address: key in the store, SHA-256 of its bytes, and how many records it holds. */
export interface ObjectReference {
  readonly key: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly count: number;
}

/** An object of a source as it lies there. */
export interface ListedObject {
  readonly uri: string;
  readonly bytes: number;
  /** What a server calls this version of it, where one does: an ETag. */
  readonly tag?: string;
  /** Of these bytes, where they were read. */
  readonly sha256?: string;
}

/** A source object as the window manifest names it. `bytes` is the size at closing; later growth is not read. */
export interface SourceObject extends ListedObject {
  readonly sha256: string;
}

/** Files of a source that no connector reads: how many, and the first of their URIs. */
export interface UnknownFiles {
  readonly source: number;
  readonly count: number;
  readonly first: readonly string[];
}

/** What became of a release's candidate, as far as known when a manifest was closed. */
export type Fate =
  'promoted' | 'inconclusive' | 'pending' | 'untrained' | 'held' | 'rejected' | 'skipped';

/** The fates whose rows history takes; those of held and rejected releases stay out. */
export const ADMITTED_FATES: readonly Fate[] = ['promoted', 'inconclusive', 'pending', 'untrained'];

export interface ChainFate {
  readonly window: string;
  readonly release: string;
  readonly fate: Fate;
}

/** The versions of the code that decides bytes; a change of one is a change of the manifest. */
export interface Versions {
  readonly holdfast: string;
  readonly redactor: string;
  readonly normaliser: string;
  readonly index: string;
}

/** A version that changed within a chain. */
export interface VersionChange {
  readonly of: keyof Omit<Versions, 'holdfast'>;
  readonly before: string;
  readonly after: string;
}

/**
 * What begins where redactor, normaliser or index is another than in the windows before: from here on records keep
 * the ids and sides they have, whatever their texts would make of them now.
 */
export interface Generation {
  /** A chain's first is 1 and not told. */
  readonly number: number;
  readonly changes: readonly VersionChange[];
}

/**
 * The closed input of a window. Everything after it reads only what it names, so that running the
 * window again gives the same bytes.
 */
export interface WindowManifest {
  readonly v: 1;
  readonly model: string;
  readonly window: Window;
  /** 1 for the first, one more for each `--reopen`. */
  readonly attempt: number;
  /** `source` is the number of the source in the configuration. */
  readonly sources: readonly (SourceObject & { readonly source: number })[];
  /** What lies beside the sources and is not read; sources without any are left out. */
  readonly unknownFiles: readonly UnknownFiles[];
  readonly parent: { readonly window: string; readonly release: string } | null;
  /** The release that the chain holds for this window already, which a reopened window is to replace. */
  readonly replacedRelease: string | null;
  /** Every release of the chain before this window, oldest first. */
  readonly fates: readonly ChainFate[];
  readonly champion: { readonly modelId: string; readonly version: number };
  /** What the champion was trained on, written down. */
  readonly championLineage: ObjectReference;
  /** The first champion and what it was trained on; absent where it serves itself, or is not to be asked. */
  readonly anchor?: { readonly modelId: string; readonly lineage: ObjectReference };
  readonly evalSets: readonly EvalSetReference[];
  readonly configDigest: string;
  /** Keyed hashes of the records and users that are left out; absent where there are none. */
  readonly optOuts?: ObjectReference;
  readonly versions: Versions;
  /** Where one begins with this window. */
  readonly generation?: Generation;
  /** A keyed fingerprint of the split key, never the key. */
  readonly splitKeyFingerprint: string;
  readonly holdoutFraction: number;
}

/** A file of a release; it lies at `releases/<digest>/<name>`. */
export interface ReleaseFile {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly count: number;
}

/** An immutable dataset version. Its digest is the SHA-256 of this manifest's canonical JSON. */
export interface ReleaseManifest {
  readonly v: 1;
  readonly model: string;
  readonly window: Window;
  readonly windowManifestDigest: string;
  readonly parentRelease: string | null;
  /** The release whose place in the chain this one takes: its sides and its holdout count for ever. */
  readonly replacedRelease: string | null;
  readonly configDigest: string;
  readonly versions: Versions;
  /** Where one begins with this release. */
  readonly generation?: Generation;
  /** The redactor that rows and samples were compared behind, where they had gone through different ones. */
  readonly comparedBehind?: string;
  readonly evalSets: readonly EvalSetReference[];
  readonly files: readonly ReleaseFile[];
  readonly books: readonly Books[];
  /** Another split key or fraction is refused by every later window. */
  readonly splitKeyFingerprint: string;
  readonly holdoutFraction: number;
  /** Training rows by the window they came from. */
  readonly rowsByWindow: Readonly<Record<string, number>>;
  /** Set where the rows are pairs for preference tuning. */
  readonly method?: 'dpo';
  /** Set where the champion is trained further with these rows, a share of them repeated from history. */
  readonly continues?: { readonly modelId: string; readonly replay: number };
  readonly skippedBecause: string | null;
}

/** The chain pointer's value: windows of one model run in this order and no other. */
export interface ChainEntry {
  readonly window: string;
  readonly windowIndex: number;
  readonly release: string;
  readonly parentRelease: string | null;
}
