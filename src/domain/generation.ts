import type { Generation, ReleaseManifest, Versions } from './manifest.js';

const COMPARED = ['redactor', 'normaliser', 'index'] as const;

/**
 * The generation that begins behind a chain where versions are others than those of its last release that records
 * were read for; `null` where they are the same, or nothing was read yet. `chain` in its order.
 */
export function generationAfter(
  chain: readonly ReleaseManifest[],
  versions: Versions,
): Generation | null {
  const last = chain.filter(({ skippedBecause }) => skippedBecause === null).at(-1);
  if (last === undefined) return null;
  const changes = COMPARED.flatMap((of) => {
    const [before, after] = [last.versions[of], versions[of]];
    return before === after ? [] : [{ of, before, after }];
  });
  if (changes.length === 0) return null;
  const begun = chain.filter(({ generation }) => generation !== undefined).length;
  return { number: begun + 2, changes };
}

/**
 * What is told of a generation, in one sentence without an end:
 * `generation 2 begins: redactor redactor-2 became redactor-2-ip; records keep their ids and sides`.
 */
export function describeGeneration({ number, changes }: Generation): string {
  const told = changes.map(({ of, before, after }) => `${of} ${before} became ${after}`);
  return `generation ${number} begins: ${told.join(', ')}; records keep their ids and sides`;
}
