import { createHmac } from 'node:crypto';
import { invariant } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import type { CanonicalRecord, Side } from '../domain/record.js';
import { promptText } from '../domain/record.js';

/** What a placement is remembered by. One line of a release's `placements.jsonl`. */
export interface Placement {
  readonly id: string;
  readonly window: string;
  readonly contentDigest: string;
  readonly group: string;
  /** The record's `userKeyHash`, where it has one, so that the user can opt out later. */
  readonly user?: string;
  /** The record's `calls`, where it has some, so that each of them can opt out. */
  readonly calls?: readonly string[];
  /** `null` for a record that was quarantined: its id is remembered, its side is not decided. */
  readonly side: Side | null;
  /** Why it stands there: its own draw, its group's side, or that of a near-copy. */
  readonly by: 'draw' | 'group' | 'near-copy' | 'revision' | 'reopened' | 'retraction' | 'bridge';
  /** The first placed near-copy (of another id), and how near it is. */
  readonly nearTo: string | null;
  readonly similarity: number | null;
  /** The redacted prompt, which later prompts are compared with; of a retraction nothing. */
  readonly prompt: string;
}

/** A near-copy search over what has been placed so far, in lists that are asked for apart. */
export interface NearIndex {
  /** Adds a text under the next number, from 0 on, whichever list it is. */
  add(text: string, list: number): void;
  /** Near texts of a list in the order of adding, at their exact similarity, each looked for when it is asked for. */
  near(
    text: string,
    list: number,
  ): Iterable<{ readonly entry: number; readonly similarity: number }>;
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
 * Places records in the order of (time, id): an id that was placed before keeps its side, a record takes
 * the side of its group and of its near-copies, and only where there is neither it draws. A record between
 * two sides is a `bridge` and is placed nowhere, a revision too. `prior` is everything that was placed
 * before, in its order; a side never moves.
 */
export function placeRecords(
  records: readonly CanonicalRecord[],
  prior: readonly Placement[],
  policy: SplitPolicy,
  index: NearIndex,
  window: string,
): readonly Placement[] {
  const state: PlacingState = {
    placed: new Map(),
    groups: new Map(),
    entries: [],
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

/** Placements of ids whose consent was withdrawn: their sides stay, and nothing of their contents is kept. */
export function placeRetractions(
  retractions: readonly { readonly id: string; readonly contentDigest: string }[],
  prior: readonly Placement[],
  window: string,
): readonly Placement[] {
  const last = new Map<string, Placement>();
  const sides = new Map<string, Side>();
  for (const placement of prior) {
    last.set(placement.id, placement);
    if (placement.side !== null) sides.set(placement.id, placement.side);
  }
  return retractions.map(({ id, contentDigest }) => {
    const group = last.get(id)?.group;
    invariant(group !== undefined, `record ${id} was retracted, but never placed`);
    const side = sides.get(id) ?? null;
    const link = { nearTo: null, similarity: null };
    return { id, window, contentDigest, group, side, by: 'retraction', ...link, prompt: '' };
  });
}

interface PlacingState {
  readonly placed: Map<string, Placed>;
  readonly groups: Map<string, Side>;
  /** The ids of the index's entries: an id has one for each prompt that it was placed with. */
  readonly entries: string[];
  readonly index: NearIndex;
  readonly policy: SplitPolicy;
  readonly window: string;
}

/** What is remembered of an id: near-copies take the side of the first that was placed. */
interface Placed {
  readonly side: Side;
  readonly position: number;
  readonly window: string;
  readonly prompt: string;
}

interface NearCopy {
  readonly id: string;
  readonly similarity: number;
  readonly position: number;
}

const SIDES: readonly Side[] = ['train', 'holdout'];

/** A side's prompts are in two lists: those that ids were placed with, by their positions, and later ones. */
function listOf(side: Side, isRevised: boolean): number {
  return SIDES.indexOf(side) * 2 + Number(isRevised);
}

function placeOne(record: CanonicalRecord, state: PlacingState): Placement {
  const prompt = promptText(record.messages);
  const group = groupOf(record, state.policy);
  const { id, contentDigest, userKeyHash } = record;
  const optional = {
    ...(userKeyHash !== null && { user: userKeyHash }),
    ...(record.calls !== undefined && { calls: record.calls }),
  };
  const base = { id, window: state.window, contentDigest, group, ...optional, prompt };
  const sides = new Set<Side>();
  let first: NearCopy | null = null;
  for (const side of SIDES) {
    const found = firstNearCopy(id, prompt, side, state);
    if (found === null) continue;
    sides.add(side);
    if (first === null || found.position < first.position) first = found;
  }
  const link = { nearTo: first?.id ?? null, similarity: first?.similarity ?? null };
  const own = state.placed.get(id);
  const groupSide = state.groups.get(group);
  for (const known of [own?.side, groupSide]) if (known !== undefined) sides.add(known);
  if (sides.size > 1) return { ...base, side: null, by: 'bridge', ...link };
  const [side] = sides;
  if (side === undefined)
    return { ...base, side: drawSide(group, state.policy), by: 'draw', ...link };
  if (own !== undefined) {
    return { ...base, side, by: own.window === state.window ? 'reopened' : 'revision', ...link };
  }
  return { ...base, side, by: groupSide === undefined ? 'near-copy' : 'group', ...link };
}

/**
 * The near-copy on a side that was placed first, of another id, at the highest similarity of its prompts. Near-copies
 * share a side, so that whichever comes next says nothing new.
 */
function firstNearCopy(
  id: string,
  prompt: string,
  side: Side,
  state: PlacingState,
): NearCopy | null {
  let first: NearCopy | null = null;
  for (const isRevised of [false, true]) {
    for (const { entry, similarity } of state.index.near(prompt, listOf(side, isRevised))) {
      const other = state.entries[entry];
      const position = other === undefined ? undefined : state.placed.get(other)?.position;
      if (other === undefined || position === undefined || other === id) continue;
      const copy = { id: other, similarity, position };
      if (first === null || comesBefore(copy, first)) first = copy;
      // In the list of first prompts every later one was placed later.
      if (!isRevised) break;
    }
  }
  return first;
}

function comesBefore(a: NearCopy, b: NearCopy): boolean {
  return a.position < b.position || (a.position === b.position && a.similarity > b.similarity);
}

/** The prompts of placements that later ones are compared with, each once, in their order. */
export function placedPrompts(placements: readonly Placement[]): readonly string[] {
  return [...new Set(placements.filter(isRemembered).map(({ prompt }) => prompt))];
}

function isRemembered({ side, by }: Placement): boolean {
  return side !== null && by !== 'retraction';
}

function remember(placement: Placement, state: PlacingState): void {
  const { id, side, group, window, prompt } = placement;
  if (side === null || !isRemembered(placement)) return;
  const known = state.placed.get(id);
  if (known?.prompt !== prompt) {
    state.index.add(prompt, listOf(known?.side ?? side, known !== undefined));
    state.entries.push(id);
  }
  const position = known?.position ?? state.placed.size;
  state.placed.set(id, { side: known?.side ?? side, position, window, prompt });
  if (!state.groups.has(group)) state.groups.set(group, side);
}

function byTimeAndId(a: CanonicalRecord, b: CanonicalRecord): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function hmac(key: string, parts: readonly string[]): string {
  return createHmac('sha256', key).update(canonicalJson(parts)).digest('hex');
}
