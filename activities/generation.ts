import type { Configuration } from '../src/domain/configuration.js';
import type { ReleaseManifest, Versions, WindowManifest } from '../src/domain/manifest.js';
import { createRedactor } from '../src/ingest/redaction.js';
import { keys } from '../src/release/layout.js';
import { readJson } from '../src/storage/objects.js';
import type { Dependencies } from './dependencies.js';

/** What decides bytes; the redactor's version says what it is told to leave alone. */
export function versionsFor({ versions }: Dependencies, { redaction }: Configuration): Versions {
  return { ...versions, redactor: createRedactor(redaction).version };
}

/**
 * The redactor of the parent, where it was another: from this window on records are a new generation. They keep
 * their ids and with these their sides; what is read again is a revision where it is redacted otherwise.
 */
export async function redactorBefore(
  { store, warn }: Dependencies,
  parent: string | null,
  { redactor }: Versions,
): Promise<Pick<WindowManifest, 'redactorBefore'>> {
  if (parent === null) return {};
  const key = keys.release(parent);
  const { versions } = await readJson<ReleaseManifest>(store, key);
  if (versions.redactor === redactor) return {};
  warn({ event: 'redactor-changed', key, reason: `${versions.redactor} became ${redactor}` });
  return { redactorBefore: versions.redactor };
}
