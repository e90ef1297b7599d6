import type { EvaluateInput } from '../src/domain/contracts.js';
import { invariant } from '../src/domain/errors.js';
import type { WindowManifest } from '../src/domain/manifest.js';
import { windowFolder } from '../src/release/layout.js';

/** A model by its name, and by the version of the champion's alias that it has or had; `null` for a candidate. */
export interface ServedModel {
  readonly modelId: string;
  readonly version: number | null;
}

/** The model that an evaluation is of, by its role. */
export function modelOf({ role, candidate }: EvaluateInput, manifest: WindowManifest): ServedModel {
  switch (role) {
    case 'candidate':
      return { modelId: candidate, version: null };
    case 'champion':
    case 'rival':
      return manifest.champion;
    case 'anchor':
      invariant(
        manifest.anchor !== undefined,
        'an anchor is asked that the manifest does not name',
      );
      return { modelId: manifest.anchor.modelId, version: FIRST_CHAMPION };
  }
}

/** Every model of a window that answers, by name. */
export function modelsOf(
  { candidate }: EvaluateInput,
  { champion, anchor }: WindowManifest,
): readonly string[] {
  return [candidate, champion.modelId, ...(anchor ? [anchor.modelId] : [])];
}

/** The version of the champion's alias that names the anchor. */
const FIRST_CHAMPION = 1;

/**
 * A champion is the same model for as long as it reigns, by the version of its alias, and the anchor is the first one for
 * ever. A candidate is what this attempt of the window trained: another attempt may train another model of the same name.
 */
export function originOf(
  { manifestKey }: EvaluateInput,
  version: number | null,
  reuses: boolean,
): string {
  return version !== null && reuses ? `champion ${version}` : windowFolder(manifestKey);
}
