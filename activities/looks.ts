import type { Configuration } from '../src/domain/configuration.js';
import type { StepInput } from '../src/domain/contracts.js';
import { decidingSuites } from '../src/gate/decide.js';
import { keys } from '../src/release/layout.js';
import type { ObjectStore } from '../src/storage/object-store.js';
import { writeJson } from '../src/storage/objects.js';

type Decided = StepInput & { readonly release: string };

/** How many other decisions each frozen suite was used for; a decision that is made again counts once. */
export async function earlierLooks(
  store: ObjectStore,
  configuration: Configuration,
  input: Decided,
): Promise<Readonly<Record<string, number>>> {
  const looks: Record<string, number> = {};
  for (const { suite, digest } of frozenSuites(configuration)) {
    const own = keys.look(digest, input.model, input.window.id, input.release);
    let others = 0;
    for await (const { key } of store.list(keys.looks(digest))) if (key !== own) others += 1;
    looks[suite] = others;
  }
  return looks;
}

/** Writes down that this decision looked at its frozen suites. */
export async function recordLooks(
  store: ObjectStore,
  configuration: Configuration,
  { model, window, release }: Decided,
): Promise<void> {
  for (const { digest } of frozenSuites(configuration)) {
    const look = { v: 1, model, window: window.id, release };
    await writeJson(store, keys.look(digest, model, window.id, release), look);
  }
}

/** The frozen suites that decide, with what their sets are pinned by. */
function frozenSuites({ evals, gate }: Configuration): readonly {
  readonly suite: string;
  readonly digest: string;
}[] {
  const deciding = decidingSuites(gate);
  return evals
    .map(({ name, digest }) => ({ suite: `frozen:${name}`, digest }))
    .filter(({ suite }) => deciding.has(suite));
}
