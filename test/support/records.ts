import type { CanonicalRecord, Example, Signal } from '../../src/domain/record.js';
import type { Placement } from '../../src/split/place.js';
import { canonicalJson } from '../../src/domain/json.js';
import { sha256Hex } from '../../src/storage/objects.js';

/** A canonical record with an answer and a correction, as most tests want it. */
export function makeRecord(
  id: string,
  prompt: string,
  changes: Partial<CanonicalRecord> = {},
): CanonicalRecord {
  const messages = changes.messages ?? [{ role: 'user', content: prompt }];
  const output = changes.output ?? { role: 'assistant', content: 'answer' };
  const signals = changes.signals ?? [];
  const consent = changes.consent ?? 'allow';
  return {
    v: 1,
    id,
    position: { uri: 'log.jsonl', line: 1, offset: 0, length: 10 },
    time: '2026-01-01T00:00:00.000Z',
    tenant: null,
    userKeyHash: null,
    conversationId: null,
    model: 'champion',
    messages,
    output,
    signals,
    consent,
    redactions: {},
    contentDigest: sha256Hex(canonicalJson([messages, output, signals, consent])),
    ...changes,
  };
}

export function makeSignal(changes: Partial<Signal> = {}): Signal {
  return {
    name: 'thumbs',
    kind: 'human',
    surface: 'production',
    verdict: 'none',
    correction: null,
    at: '2026-01-01T00:00:00.000Z',
    ...changes,
  };
}

export function makeExample(id: string, prompt: string, changes: Partial<Example> = {}): Example {
  const messages = changes.messages ?? [{ role: 'user', content: prompt }];
  const answer = changes.answer === undefined ? 'answer' : changes.answer;
  return {
    id,
    window: '2026-W01',
    time: '2026-01-01T00:00:00.000Z',
    side: 'train',
    group: id,
    messages,
    answer,
    answerOrigin: 'independent',
    contentDigest: sha256Hex(canonicalJson([messages, answer])),
    ...changes,
  };
}

export function makePlacement(id: string, changes: Partial<Placement> = {}): Placement {
  return {
    id,
    window: '2026-W01',
    contentDigest: id,
    group: `group-of-${id}`,
    side: 'holdout',
    by: 'draw',
    nearTo: null,
    similarity: null,
    prompt: `prompt of ${id}`,
    ...changes,
  };
}
