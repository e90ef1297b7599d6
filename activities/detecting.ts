import type { Configuration } from '../src/domain/configuration.js';
import type { StepInput } from '../src/domain/contracts.js';
import { ConfigError } from '../src/domain/errors.js';
import type { DetectableDifference } from '../src/domain/gate.js';
import { decidingSuites } from '../src/gate/decide.js';
import { detectabilityOf, explainTooFine, tooFine } from '../src/gate/detectability.js';
import type { Dependencies } from './dependencies.js';
import { suiteSamples } from './evaluating.js';
import { hitsInSuite } from './hits-in-suite.js';
import { suiteScorer } from './samples.js';

/**
 * What the gate will be able to see, from the clean samples of every suite that decides, before anything is
 * spent.
 * @throws ConfigError where a margin is finer than that, unless the configuration says otherwise.
 */
export async function detectBeforeTraining(
  deps: Dependencies,
  configuration: Configuration,
  input: StepInput,
): Promise<readonly DetectableDifference[]> {
  const policy = configuration.gate;
  const suites: DetectableDifference[] = [];
  for (const suite of decidingSuites(policy)) {
    const { samples } = await suiteSamples(deps, configuration, input, suite);
    const { unclean } = await hitsInSuite(deps, input, suite);
    const sizes = new Map<string, number>();
    for (const { sample, decisive } of samples) {
      const { scorer = suiteScorer(configuration, suite), reference } = sample;
      const isScored = reference !== null || scorer === 'judge';
      if (!decisive || !isScored || unclean.has(sample.id)) continue;
      sizes.set(sample.cluster, (sizes.get(sample.cluster) ?? 0) + 1);
    }
    suites.push(detectabilityOf(suite, [...sizes.values()], policy));
  }
  const fine = tooFine(suites);
  if (fine.length > 0 && policy.finerMargins !== 'tell') {
    throw new ConfigError(explainTooFine(fine, policy));
  }
  return suites;
}
