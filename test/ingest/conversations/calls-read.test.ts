import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CanonicalRecord } from '../../../src/domain/record.js';
import { createCallsRead } from '../../../src/ingest/conversations/calls-read.js';
import { sha256Of } from '../../../src/ingest/digests.js';
import { placedLine } from '../../support/placed-line.js';
import { makeRecord } from '../../support/records.js';
import { createWindowChain } from '../../support/window-chain.js';

const said = { role: 'assistant', content: 'hello' } as const;

/** A call of one conversation that says hi and is told hello. */
function greeting(id: string, changes: Partial<CanonicalRecord> = {}): CanonicalRecord {
  const conversationId = sha256Of('conversation');
  return makeRecord(id, 'hi', { conversationId, output: said, ...changes });
}

describe('calls that were read', () => {
  test('are asked which transcripts others go on from, and which have no consent', () => {
    const read = createCallsRead(null);
    const next = greeting('next', {
      messages: [{ role: 'user', content: 'hi' }, said, { role: 'user', content: 'how?' }],
    });
    const denied = greeting('denied', { output: { role: 'assistant', content: 'no' } });
    const whole = (record: CanonicalRecord): string => placedLine(record).call?.whole ?? '';
    for (const record of [next, { ...denied, consent: 'deny' } as const]) {
      read.add(placedLine(record));
    }
    assert.equal(read.mayBeContinued(whole(greeting('first'))), true);
    assert.equal(read.mayBeContinued(whole(denied)), true);
    assert.equal(read.mayBeContinued(whole(next)), false);
  });

  test('a call that says the same as one without consent is kept out with it', async () => {
    for (const consent of ['deny', 'allow'] as const) {
      const time = '2026-01-06T00:00:00.000Z';
      const { records, books } = await createWindowChain().read(
        [greeting('one', { time, consent }), greeting('other', { time })],
        '2026-01-12T00:00:00.000Z',
      );
      assert.equal(records.length, consent === 'deny' ? 0 : 2);
      assert.equal(books.dropped['no-consent'] ?? 0, consent === 'deny' ? 2 : 0);
    }
  });
});
