import { kinSamples, uncleanSamples } from '../src/contamination/unclean-samples.js';
import type { StepInput } from '../src/domain/contracts.js';
import type { Finding } from '../src/domain/finding.js';
import { POOLED_SUITE } from '../src/domain/pool.js';
import type { Example } from '../src/domain/record.js';
import { readJsonl } from '../src/storage/objects.js';
import type { Dependencies } from './dependencies.js';
import { namesOf } from './named-alike.js';
import { HOLDOUT_SUITE } from './samples.js';
import { readOutput, readStep } from './window-state.js';

/**
 * Samples of a suite that are not clean for champion, candidate or anchor, by the rows in the files of all three, and the
 * kin of the first two's; `forAnchor` has those that are unclean for the anchor alone. The rows in a rival's prompt are among the
 * candidate's, so that what is clean here is clean for it, too.
 */
export async function hitsInSuite(
  deps: Dependencies,
  input: StepInput,
  suite: string,
): Promise<Readonly<Record<'unclean' | 'kin' | 'forAnchor', ReadonlySet<string>>>> {
  const isOfSuite = setsOf(suite, input.window.id);
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
  const { outputs } = await readStep(deps.store, input, 'decontaminate');
  const ofAnchor = outputs['anchorFindings'];
  const anchor = ofAnchor === undefined ? [] : await readJsonl<Finding>(deps.store, ofAnchor);
  const compared = [...ofRows, ...champion];
  const ofBoth = uncleanSamples(isOfSuite, compared);
  const forAnchor = [...uncleanSamples(isOfSuite, anchor)].filter((id) => !ofBoth.has(id));
  const named = (ids: Iterable<string>): ReadonlySet<string> =>
    new Set(suite === POOLED_SUITE ? [...ids].flatMap((id) => namesOf(id, deps.splitKey)) : ids);
  return {
    unclean: named([...ofBoth, ...forAnchor]),
    kin: named(kinSamples(isOfSuite, compared)),
    forAnchor: named(forAnchor),
  };
}

/**
 * The sets that findings in a suite's samples name. A pooled sample is unclean by any version of it that a window held out,
 * under either of its names.
 */
function setsOf(suite: string, window: string): (set: string) => boolean {
  if (suite === POOLED_SUITE) return (set) => set.startsWith('holdout:');
  const own = suite === HOLDOUT_SUITE ? `holdout:${window}` : suite.slice('frozen:'.length);
  return (set) => set === own;
}
