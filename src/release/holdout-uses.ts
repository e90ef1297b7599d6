import { z } from 'zod';
import { DataError } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import { severalAtOnce } from '../domain/several-at-once.js';
import type { ObjectStore } from '../storage/object-store.js';
import { readJson } from '../storage/objects.js';
import { keys } from './layout.js';

/** A model has an entry for each window that was decided on, some hundred after years, each of some hundred bytes. */
const READS_AT_ONCE = 16;

/** A decision, and on which holdout suites its evidence has scores: whatever is scored there was looked at. */
export interface HoldoutUse {
  readonly v: 1;
  readonly window: string;
  /** Key of the window manifest: a window that is reopened decides anew. */
  readonly attempt: string;
  readonly release: string;
  readonly candidate: string;
  /** Digest of the evidence. */
  readonly evidence: string;
  /** None where no holdout was looked at. */
  readonly suites: readonly string[];
}

/** All decisions of a model, oldest first, as far as they are written down. */
export interface HoldoutUses {
  /** What an append builds on: it fails where another decision was written down since. */
  readonly version: number;
  readonly entries: readonly HoldoutUse[];
}

const useShape: z.ZodType<HoldoutUse> = z.strictObject({
  v: z.literal(1),
  window: z.string(),
  attempt: z.string(),
  release: z.string(),
  candidate: z.string(),
  evidence: z.string(),
  suites: z.array(z.string()),
});

/** Reads which decisions looked at which holdouts. @throws DataError `object-malformed` */
export async function readHoldoutUses(store: ObjectStore, model: string): Promise<HoldoutUses> {
  const version = (await store.readPointer(keys.holdoutUses(model)))?.version ?? 0;
  const numbers = Array.from({ length: version }, (_, index) => index + 1);
  const entries = await severalAtOnce(READS_AT_ONCE, numbers, (number) =>
    readUse(store, keys.holdoutUse(model, number)),
  );
  return { version, entries };
}

async function readUse(store: ObjectStore, key: string): Promise<HoldoutUse> {
  const { data } = useShape.safeParse(await readJson<unknown>(store, key));
  if (data !== undefined) return data;
  throw new DataError('object-malformed', `${key} has another shape than holdfast's`);
}

/**
 * Writes a decision down behind those that were read, in one step with whatever it uses: where another was written down
 * meanwhile nothing is, and what is left to use has to be looked up again. Its evidence has to be stored before.
 */
export function appendHoldoutUse(
  store: ObjectStore,
  model: string,
  { version }: HoldoutUses,
  use: HoldoutUse,
): Promise<boolean> {
  const bytes = new TextEncoder().encode(canonicalJson(use));
  return store.compareAndSet(keys.holdoutUses(model), version, bytes);
}

/** The same decision, made before: in this attempt of the window, on this candidate. */
export function sameDecision(
  { entries }: HoldoutUses,
  decision: Pick<HoldoutUse, 'attempt' | 'candidate'>,
): HoldoutUse | null {
  const found = entries.find(
    ({ attempt, candidate }) => attempt === decision.attempt && candidate === decision.candidate,
  );
  return found ?? null;
}
