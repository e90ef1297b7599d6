import type { Configuration } from '../src/domain/configuration.js';
import { canonicalJson } from '../src/domain/json.js';
import type { SourceObject, UnknownFiles, WindowManifest } from '../src/domain/manifest.js';
import { readChain } from '../src/release/chain.js';
import type { Dependencies } from './dependencies.js';
import { readReleaseFile } from './window-state.js';

/** How many files that are not read a manifest names of each source. */
const NAMED_FILES = 10;

/**
 * All objects of all sources, less those that earlier windows have read to the end and that did not change;
 * of these, too, what late feedback may be about.
 */
export async function listSources(
  deps: Dependencies,
  configuration: Configuration,
  parentRelease: string | null,
): Promise<WindowManifest['sources']> {
  const consumed = new Set<string>();
  for (const ancestor of await readChain(deps.store, parentRelease)) {
    for (const line of await readReleaseFile<ConsumedObject>(deps.store, ancestor, 'sources')) {
      if (line.deferred === 0) consumed.add(objectIdentity(line));
    }
  }
  const sources: (SourceObject & { source: number })[] = [];
  for (const [source, description] of configuration.sources.entries()) {
    const connector = deps.connectorFor(description);
    const listed = await connector.list();
    const fresh = listed.filter((object) => !consumed.has(objectIdentity({ ...object, source })));
    for (const { uri, bytes, sha256 } of connector.toRead(listed, fresh)) {
      sources.push({ source, uri, bytes, sha256 });
    }
  }
  return sources;
}

/** The files of each source that its connector does not read, where there are any. */
export async function listUnknownFiles(
  deps: Dependencies,
  configuration: Configuration,
): Promise<WindowManifest['unknownFiles']> {
  const found: UnknownFiles[] = [];
  for (const [source, description] of configuration.sources.entries()) {
    const uris = await deps.connectorFor(description).unknown();
    if (uris.length === 0) continue;
    found.push({ source, count: uris.length, first: uris.slice(0, NAMED_FILES) });
  }
  return found;
}

/** A source object as a release remembers it: how many of its records are still to come. */
export interface ConsumedObject extends SourceObject {
  readonly source: number;
  readonly deferred: number;
}

function objectIdentity(object: SourceObject & { readonly source: number }): string {
  return canonicalJson([object.source, object.uri, object.bytes, object.sha256]);
}
