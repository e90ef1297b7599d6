import { z } from 'zod';
import { ConfigError, DataError } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import type { Alias } from '../domain/model.js';
import type { PromotionSubject } from '../domain/promotion.js';
import type { ObjectStore } from '../storage/object-store.js';
import { appendAudit } from './audit.js';
import { decodeValue, encodeValue, readVersion } from './pointer-json.js';

/** The champion alias at one version of its pointer, counted from 1. */
export interface AliasVersion {
  readonly version: number;
  readonly alias: Alias;
}

/** Who turned the alias back, and why. `at` is ISO 8601, passed in by whoever owns a clock. */
export interface RollbackRequest {
  readonly by: string;
  readonly reason: string;
  readonly at: string;
}

const aliasSchema: z.ZodType<Alias> = z.strictObject({
  modelId: z.string().min(1),
  promotion: z.string().nullable(),
  evidence: z.string().nullable(),
  previousModelId: z.string().nullable(),
});

/** An alias by its parsed JSON, or `null`. */
export function parseAlias(value: unknown): Alias | null {
  return aliasSchema.safeParse(value).data ?? null;
}

/** The pointer that says which model serves. */
export function aliasKey(model: string): string {
  return `models/${model}/aliases/champion`;
}

/** The serving champion of `model`, or `null` before the first run declared it. */
export async function readAlias(store: ObjectStore, model: string): Promise<AliasVersion | null> {
  const key = aliasKey(model);
  const pointer = await store.readPointer(key);
  if (pointer === null) return null;
  return { version: pointer.version, alias: decodeValue(key, pointer.value, parseAlias) };
}

/**
 * The serving champion, after the one that the configuration declares was held against the first there was.
 * @throws ConfigError where another was declared first: from then on only promotions change the champion.
 */
export async function readDeclaredAlias(
  store: ObjectStore,
  model: string,
  declaredId: string,
): Promise<AliasVersion | null> {
  const current = await readAlias(store, model);
  if (current === null) return null;
  const first =
    current.version === 1
      ? current.alias
      : await readVersion(store, aliasKey(model), 1, parseAlias);
  if (first.modelId === declaredId) return current;
  throw new ConfigError(
    `champion.modelId is ${declaredId}, but the first champion of ${model} was declared as ${first.modelId}, and ` +
      `what was measured since rests on that: put ${first.modelId} back (promotions and rollbacks change ` +
      `what serves), or begin anew under another model name`,
  );
}

/**
 * Creates the alias with the configuration's first champion where there is none, and returns what it is
 * now: an alias that has moved on since is left as it is.
 * @throws ConfigError where another champion was declared first.
 */
export async function declareChampion(
  store: ObjectStore,
  model: string,
  modelId: string,
  at: string,
): Promise<AliasVersion> {
  const declared: Alias = { modelId, promotion: null, evidence: null, previousModelId: null };
  await store.compareAndSet(aliasKey(model), 0, encodeValue(declared));
  const current = await readDeclaredAlias(store, model, modelId);
  if (current === null) throw new DataError('alias-missing', `${aliasKey(model)} went missing`);
  if (current.version === 1) {
    await appendAudit(store, model, {
      v: 1,
      at,
      action: 'champion-declared',
      by: 'configuration',
      reason: 'the first champion, as the configuration declares it',
      subject: { modelId: current.alias.modelId, aliasVersion: '1' },
    });
  }
  return current;
}

/** The alias as a promotion makes it. */
export function promotedAlias(input: PromotionSubject): Alias {
  return {
    modelId: input.candidate,
    promotion: input.evidenceDigest,
    evidence: input.evidenceDigest,
    previousModelId: input.champion,
  };
}

/**
 * Moves the alias from `expectedVersion` to `alias`. False when somebody else moved it first. True also
 * when this very move was made before, so that a step retried after a lost answer succeeds.
 */
export async function promoteAlias(
  store: ObjectStore,
  model: string,
  expectedVersion: number,
  alias: Alias,
): Promise<boolean> {
  if (await store.compareAndSet(aliasKey(model), expectedVersion, encodeValue(alias))) return true;
  return hasMoved(store, model, expectedVersion, alias);
}

/** Whether the alias was moved from `expectedVersion` to just this, wherever it went afterwards. */
export async function hasMoved(
  store: ObjectStore,
  model: string,
  expectedVersion: number,
  alias: Alias,
): Promise<boolean> {
  const version = expectedVersion + 1;
  if (((await readAlias(store, model))?.version ?? 0) < version) return false;
  const made = await readVersion(store, aliasKey(model), version, parseAlias);
  return canonicalJson(made) === canonicalJson(alias);
}

/**
 * Turns the alias back to the model that served before, as a new version with an audit entry. What that
 * model was promoted by is restored with it, so that a second rollback goes one further back and never
 * to the model that was just taken out.
 * @throws ConfigError when there is no champion yet, or nothing before it.
 * @throws DataError `alias-moved` when somebody moved the alias meanwhile; nothing was changed.
 */
export async function rollbackAlias(
  store: ObjectStore,
  model: string,
  request: RollbackRequest,
): Promise<{ readonly from: string; readonly to: string; readonly version: number }> {
  const current = await readAlias(store, model);
  if (current === null) throw new ConfigError(`${model} has no champion yet: nothing to roll back`);
  const before = await aliasBefore(store, model, current);
  const version = current.version + 1;
  if (!(await store.compareAndSet(aliasKey(model), current.version, encodeValue(before)))) {
    throw new DataError(
      'alias-moved',
      `the champion of ${model} was moved by somebody else meanwhile; look at it and try again`,
    );
  }
  const change = { from: current.alias.modelId, to: before.modelId };
  await appendAudit(store, model, {
    v: 1,
    at: request.at,
    action: 'rolled-back',
    by: request.by,
    reason: request.reason,
    subject: { ...change, aliasVersion: String(version) },
  });
  return { ...change, version };
}

async function aliasBefore(
  store: ObjectStore,
  model: string,
  current: AliasVersion,
): Promise<Alias> {
  const previous = current.alias.previousModelId;
  if (previous === null) {
    throw new ConfigError(
      `${current.alias.modelId} is the declared champion of ${model}: there is nothing before it`,
    );
  }
  for (let version = current.version - 1; version >= 1; version -= 1) {
    const alias = await readVersion(store, aliasKey(model), version, parseAlias);
    if (alias.modelId === previous) return alias;
  }
  throw new DataError('alias-broken', `no version of ${aliasKey(model)} names ${previous}`);
}
