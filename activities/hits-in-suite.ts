import { kinSamples, uncleanSamples } from '../src/contamination/unclean-samples.js';
import type { StepInput } from '../src/domain/contracts.js';
import type { Finding } from '../src/domain/finding.js';
import type { Example } from '../src/domain/record.js';
import type { Dependencies } from './dependencies.js';
import { HOLDOUT_SUITE } from './samples.js';
import { readOutput } from './window-state.js';

/** Samples of a suite that are not clean for champion or candidate, and their kin, by the rows in the files of both. */
export async function hitsInSuite(
  deps: Dependencies,
  input: StepInput,
  suite: string,
): Promise<Readonly<Record<'unclean' | 'kin', ReadonlySet<string>>>> {
  const set =
    suite === HOLDOUT_SUITE ? `holdout:${input.window.id}` : suite.slice('frozen:'.length);
  const rows = await readOutput<Example>(deps.store, input, 'decontaminate', 'rows');
  const trainedOn = new Set(rows.map(({ id }) => id));
  const own = await readOutput<Finding>(deps.store, input, 'decontaminate', 'findings');
  const champion = await readOutput<Finding>(
    deps.store,
    input,
    'decontaminate',
    'championFindings',
  );
  const ofRows = own.filter(({ exampleId }) => trainedOn.has(exampleId));
  const hits = [...ofRows, ...champion];
  return { unclean: uncleanSamples(set, hits), kin: kinSamples(set, hits) };
}
