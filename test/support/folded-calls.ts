import { readOutput, readStep } from '../../activities/window-state.js';
import type { StepInput } from '../../src/domain/contracts.js';
import { canonicalJson } from '../../src/domain/json.js';
import type { CanonicalRecord, EarlierTurn } from '../../src/domain/record.js';
import { stepKey } from '../../src/release/layout.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { writeJson, writeJsonl } from '../../src/storage/objects.js';

/** Puts the calls of each conversation of a window into the one that goes on from them, under the id of the first. */
export async function foldCalls(store: ObjectStore, input: StepInput): Promise<void> {
  const { outputs, books } = await readStep(store, input, 'ingest');
  const records = await readOutput<CanonicalRecord>(store, input, 'ingest', 'records');
  const folded = records.flatMap((record) => {
    const isGoneOnWith = records.some((other) => isPrefix(record, other));
    return isGoneOnWith ? [] : [withTurns(record, records)];
  });
  const gone = records.length - folded.length;
  if (gone === 0) return;
  const result = stepKey(input.manifestKey, 'ingest', 'result.json');
  const key = stepKey(input.manifestKey, 'ingest', 'records-folded.jsonl.zst');
  await store.delete(result);
  await writeJson(store, result, {
    outputs: { ...outputs, records: await writeJsonl(store, key, folded) },
    books: {
      stage: books.stage,
      read: books.read,
      kept: books.kept - gone,
      dropped: { ...books.dropped, 'prefix-of': gone },
      quarantined: books.quarantined,
      deferred: books.deferred,
    },
  });
}

function withTurns(record: CanonicalRecord, records: readonly CanonicalRecord[]): CanonicalRecord {
  const before = records
    .filter((other) => isPrefix(other, record))
    .sort((a, b) => a.messages.length - b.messages.length);
  const [first] = before;
  return first === undefined ? record : { ...record, id: first.id, turns: before.map(turnOf) };
}

function isPrefix(call: CanonicalRecord, next: CanonicalRecord): boolean {
  const said = [...call.messages, call.output];
  return (
    said.length <= next.messages.length &&
    canonicalJson(said) === canonicalJson(next.messages.slice(0, said.length))
  );
}

function turnOf({ id, messages, ...record }: CanonicalRecord): EarlierTurn {
  const { time, model, signals, consent, quality, finishReason, cached, surface, faults } = record;
  return {
    ...{ message: messages.length, callId: id, time, model, signals, consent },
    ...(quality !== undefined && { quality }),
    ...(finishReason !== undefined && { finishReason }),
    ...(cached !== undefined && { cached }),
    ...(surface !== undefined && { surface }),
    ...(faults !== undefined && { faults }),
  };
}
