import type { Configuration } from '../src/domain/configuration.js';
import { canonicalJson } from '../src/domain/json.js';
import type { SourceObject, UnknownFiles, WindowManifest } from '../src/domain/manifest.js';
import { readChain } from '../src/release/chain.js';
import type { Dependencies } from './dependencies.js';
import { readReleaseFile } from './window-state.js';

/** How many files that are not read a manifest names of each source. */
const NAMED_FILES = 10;

/** What a window reads, and what lies beside it. */
export type SourceListing = Pick<WindowManifest, 'sources' | 'unknownFiles'>;

/**
 * All objects of all sources, less those that earlier windows have read to the end and that did not change;
 * of these, too, what late feedback may be about. And the files of each source that its connector does not read,
 * where there are any.
 */
export async function listSources(
  deps: Dependencies,
  configuration: Configuration,
  parentRelease: string | null,
): Promise<SourceListing> {
  const remembered: ConsumedObject[] = [];
  for (const ancestor of await readChain(deps.store, parentRelease)) {
    remembered.push(...(await readReleaseFile<ConsumedObject>(deps.store, ancestor, 'sources')));
  }
  const consumed = new Set(
    remembered.filter(({ deferred }) => deferred === 0).map((object) => objectIdentity(object)),
  );
  const sources: (SourceObject & { source: number })[] = [];
  const unknownFiles: UnknownFiles[] = [];
  for (const [source, description] of configuration.sources.entries()) {
    const connector = deps.connectorFor(description);
    const { logs, others } = await connector.look();
    const known = remembered.filter((object) => object.source === source);
    const named = await connector.name(logs, known);
    const fresh = named.filter((object) => !consumed.has(objectIdentity({ ...object, source })));
    sources.push(...connector.toRead(named, fresh).map((object) => ({ source, ...object })));
    if (others.length === 0) continue;
    unknownFiles.push({ source, count: others.length, first: others.slice(0, NAMED_FILES) });
  }
  return { sources, unknownFiles };
}

/** A source object as a release remembers it: how many of its records are still to come. */
export interface ConsumedObject extends SourceObject {
  readonly source: number;
  readonly deferred: number;
}

function objectIdentity(object: SourceObject & { readonly source: number }): string {
  return canonicalJson([object.source, object.uri, object.bytes, object.sha256]);
}
