import type { Dependencies } from '../../../activities/dependencies.js';
import type { StepInput } from '../../../src/domain/contracts.js';
import { windowAt } from '../../../src/domain/window.js';
import { keys } from '../../../src/release/layout.js';
import type { ObjectStore } from '../../../src/storage/object-store.js';
import { readBytes, sha256Hex, writeBytes, writeJson } from '../../../src/storage/objects.js';
import { createTestDependencies } from '../dependencies.js';
import { twoTopicFile } from '../training-endpoint.js';

/** A window whose release is written and whose job is to be submitted. */
export interface PreparedTune {
  readonly deps: Dependencies;
  readonly input: StepInput & { readonly release: string };
}

const RELEASE = 'a'.repeat(64);

/** Writes configuration and release into a store; one of its own, in memory, where none is given. */
export async function prepareTune(into?: ObjectStore): Promise<PreparedTune> {
  const base = await createTestDependencies();
  const reference = await base.configure();
  const store = into ?? base.deps.store;
  const config = keys.configuration(reference.configDigest);
  await writeBytes(store, config, await readBytes(base.deps.store, config), 1);
  const bytes = twoTopicFile(20);
  await writeBytes(store, keys.releaseFile(RELEASE, 'train.jsonl'), bytes, 20);
  const file = { name: 'train.jsonl', sha256: sha256Hex(bytes), bytes: bytes.length, count: 20 };
  await writeJson(store, keys.release(RELEASE), { files: [file] });
  const window = windowAt({ first: '2026-W01', weeks: 1 }, 0);
  const manifestKey = 'windows/x/manifest.json';
  return {
    deps: { ...base.deps, store },
    input: { ...reference, window, manifestKey, release: RELEASE },
  };
}
