import type { ReleaseResult, SkipInput } from '../src/domain/contracts.js';
import { data } from './activity-options.js';

/** Puts an audited, empty release in a window's place, so that the windows after it can run. */
export async function skipWindow(input: SkipInput): Promise<ReleaseResult> {
  return data.skipWindow.executeWithOptions({ summary: `skip window ${input.window}` }, [input]);
}
