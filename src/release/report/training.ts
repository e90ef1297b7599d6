import type { Charge } from '../../domain/spend.js';
import { costOf, formatUsd } from '../../domain/spend.js';
import type { TrainingSetup } from '../training-setup.js';

/** What a candidate was trained from, by whom and how, as names and texts; nothing where it is not known. */
export function trainingFacts(
  setup: TrainingSetup | undefined,
): readonly (readonly [name: string, text: string])[] {
  if (setup === undefined) return [];
  const { provider, baseModel, parameters, seed, isSeedPassedOn } = setup;
  const named = parameters.map(([name, value]) => `${name} ${value}`).join(', ');
  return [
    ['base model', baseModel],
    ['trained by', provider === 'command' ? 'a program of your own (command)' : provider],
    ['parameters', named === '' ? 'none given: those of the provider' : named],
    ['seed', isSeedPassedOn ? String(seed) : `${seed}, not passed on: ${provider} takes none`],
  ];
}

/** What a release's jobs cost together, for the figures at the top; nothing where no job was asked for. */
export function costFigure(charges: readonly Charge[]): readonly (readonly [string, string])[] {
  if (charges.length === 0) return [];
  const isKnown = charges.every(({ actual }) => actual !== null);
  const sum = charges.reduce((before, charge) => before + costOf(charge), 0);
  return [[isKnown ? 'training cost' : 'training cost, by estimate', formatUsd(sum)]];
}
