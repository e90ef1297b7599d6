import { createHmac } from 'node:crypto';
import { canonicalJson } from '../domain/json.js';
import type { CanonicalRecord, Side } from '../domain/record.js';
import { promptText } from '../domain/record.js';

/** What a placement is remembered by. One line of a release's `placements.jsonl`. */
export interface Placement {
  readonly id: string;
  readonly window: string;
  readonly contentDigest: string;
  readonly group: string;
  /** `null` for a record that was quarantined: its id is remembered, its side is not decided. */
  readonly side: Side | null;
  /** Why it stands there: its own draw, its group's side, or that of a near-copy. */
  readonly by: 'draw' | 'group' | 'near-copy' | 'revision' | 'bridge';
  /** The first placed near-copy, and how near it is. */
  readonly nearTo: string | null;
  readonly similarity: number | null;
  /** The redacted prompt, which later prompts are compared with. */
  readonly prompt: string;
}

/** A near-copy search over what has been placed so far; similarities are exact. */
export interface NearIndex {
  add(id: string, text: string): void;
  query(text: string): readonly { readonly id: string; readonly similarity: number }[];
}

export interface SplitPolicy {
  readonly holdoutFraction: number;
  readonly group: 'conversation' | 'user' | 'tenant' | 'prompt';
  /** The secret that decides sides; never written anywhere. */
  readonly key: string;
}

/** A fingerprint of the key, so that another key is refused: an HMAC of a constant, from which no key follows. */
export function splitKeyFingerprint(key: string): string {
  return hmac(key, ['fingerprint', 'holdfast']).slice(0, 32);
}

/** The group a record is split by: the conversation, user or tenant as configured, else the prompt. */
export function groupOf(record: CanonicalRecord, policy: SplitPolicy): string {
  const value = {
    conversation: record.conversationId,
    user: record.userKeyHash,
    tenant: record.tenant,
    prompt: null,
  }[policy.group];
  return value === null
    ? hmac(policy.key, ['prompt', promptText(record.messages)])
    : hmac(policy.key, ['group', policy.group, value]);
}

/**
 * Draws a new group's side: `HMAC(key, group) < holdoutFraction`, by the first 48 bits of the HMAC.
 * `drawSide('g', { holdoutFraction: 0.2, … })` gives `holdout` for a fifth of all groups.
 */
export function drawSide(group: string, policy: SplitPolicy): Side {
  const draw = Number.parseInt(hmac(policy.key, ['side', group]).slice(0, 12), 16) / 2 ** 48;
  return draw < policy.holdoutFraction ? 'holdout' : 'train';
}

/**
 * Places records in the order of (time, id): a revision keeps its side, a record takes the side of its
 * group and of its near-copies, and only where there is neither it draws. A record between two sides is a
 * `bridge` and is placed nowhere. `prior` is everything the chain has placed, in its order; a side never moves.
 */
export function placeRecords(
  records: readonly CanonicalRecord[],
  prior: readonly Placement[],
  policy: SplitPolicy,
  index: NearIndex,
  window: string,
): readonly Placement[] {
  const state: PlacingState = {
    sides: new Map(),
    positions: new Map(),
    groups: new Map(),
    index,
    policy,
    window,
  };
  for (const placement of prior) remember(placement, state);
  const ordered = [...records].sort(byTimeAndId);
  return ordered.map((record) => {
    const placement = placeOne(record, state);
    remember(placement, state);
    return placement;
  });
}

interface PlacingState {
  readonly sides: Map<string, Side>;
  /** In which order ids were placed: near-copies take the side of the first. */
  readonly positions: Map<string, number>;
  readonly groups: Map<string, Side>;
  readonly index: NearIndex;
  readonly policy: SplitPolicy;
  readonly window: string;
}

function placeOne(record: CanonicalRecord, state: PlacingState): Placement {
  const prompt = promptText(record.messages);
  const group = groupOf(record, state.policy);
  const base = {
    id: record.id,
    window: state.window,
    contentDigest: record.contentDigest,
    group,
    prompt,
  };
  const known = state.sides.get(record.id);
  if (known !== undefined) {
    return { ...base, side: known, by: 'revision', nearTo: null, similarity: null };
  }
  const near = state.index.query(prompt).flatMap((copy) => {
    const position = state.positions.get(copy.id);
    return position === undefined ? [] : [{ ...copy, position }];
  });
  const [first] = near.sort((a, b) => a.position - b.position);
  const groupSide = state.groups.get(group);
  const found = new Set<Side>(groupSide === undefined ? [] : [groupSide]);
  for (const copy of near) {
    const side = state.sides.get(copy.id);
    if (side !== undefined) found.add(side);
  }
  const link = { nearTo: first?.id ?? null, similarity: first?.similarity ?? null };
  if (found.size > 1) return { ...base, side: null, by: 'bridge', ...link };
  const [side] = found;
  if (side === undefined)
    return { ...base, side: drawSide(group, state.policy), by: 'draw', ...link };
  return { ...base, side, by: groupSide === undefined ? 'near-copy' : 'group', ...link };
}

function remember(placement: Placement, state: PlacingState): void {
  if (placement.side === null) return;
  if (!state.sides.has(placement.id)) {
    state.index.add(placement.id, placement.prompt);
    state.positions.set(placement.id, state.positions.size);
  }
  state.sides.set(placement.id, placement.side);
  if (!state.groups.has(placement.group)) state.groups.set(placement.group, placement.side);
}

function byTimeAndId(a: CanonicalRecord, b: CanonicalRecord): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function hmac(key: string, parts: readonly string[]): string {
  return createHmac('sha256', key).update(canonicalJson(parts)).digest('hex');
}
