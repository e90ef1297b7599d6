import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fc } from '../support/properties.js';
import { canonicalJson } from '../../src/domain/json.js';
import type { Signal } from '../../src/domain/record.js';
import { createByteWriter } from '../../src/formats/byte-writer.js';
import { createSignalsWriter } from '../../src/ingest/signals-json.js';
import { makeSignal } from '../support/records.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const signal: fc.Arbitrary<Signal> = fc
  .record({
    name: fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 4 }),
      fc.nat(2).map((more) => 'n'.repeat(1_023 + more)),
    ),
    kind: fc.constantFrom('human', 'programmatic'),
    verdict: fc.constantFrom('none', 'approved', 'rejected'),
    correction: fc.option(fc.string({ unit: 'grapheme', maxLength: 3 })),
    at: fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'),
  })
  .map((changes) => makeSignal(changes as Partial<Signal>));

describe("signals' JSON", () => {
  test('is canonical, of signals that come again too', () => {
    const writeSignals = createSignalsWriter();
    fc.assert(
      fc.property(fc.array(signal, { maxLength: 30 }), (signals) => {
        for (let time = 0; time < 2; time += 1) {
          const writer = createByteWriter();
          writeSignals(signals, writer);
          const json = Buffer.from(writer.part(0, writer.length())).toString('utf8');
          assert.equal(json, canonicalJson(signals));
        }
      }),
    );
  });

  test('holds no names of any length', () => {
    const writeSignals = createSignalsWriter();
    const before = held();
    for (let number = 0; number < 16; number += 1) {
      const name = String(number).padEnd(1_000_000, 'n');
      writeSignals([makeSignal({ name })], createByteWriter());
    }
    const most = held() - before;
    assert.ok(most < 4_000_000, `${most} bytes`);
    writeSignals([], createByteWriter());
  });
});

/** After collection, objects and what they have outside. */
function held(): number {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
