import { ProviderError } from '../domain/errors.js';

/** `null` where the host says that there is none. */
export async function orNull<T>(get: () => Promise<T>): Promise<T | null> {
  try {
    return await get();
  } catch (error) {
    if (error instanceof ProviderError && error.status === 404) return null;
    throw error;
  }
}

/** What was to be made is there already; whether it is what it should be is looked at afterwards. */
export async function ignoringConflict(make: () => Promise<unknown>): Promise<void> {
  try {
    await make();
  } catch (error) {
    if (!(error instanceof ProviderError) || error.status !== 409) throw error;
  }
}
