import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_REDACTION_POLICY } from '../../src/domain/personal-data.js';
import type { Example, Signal } from '../../src/domain/record.js';
import { createCarryOver } from '../../src/ingest/carry-over.js';
import { hashedIdentifier } from '../../src/ingest/record.js';
import { createRedactor } from '../../src/ingest/redaction.js';

const KEY = 'k'.repeat(32);
const MAIL = 'jo@example.org';
const carried = createCarryOver(createRedactor(DEFAULT_REDACTION_POLICY), KEY);

test('an earlier row is redacted in its tool calls and its tools, and has another content', () => {
  const example: Example = {
    id: 'r#turn-1',
    recordId: MAIL,
    window: '2026-W01',
    time: '2026-01-01T00:00:00.000Z',
    side: 'train',
    group: 'g',
    messages: [{ role: 'user', content: 'write to them' }],
    answer: '',
    toolCalls: [{ id: 'c1', name: 'send', arguments: `{"to":"${MAIL}"}` }],
    answerOrigin: 'confirmed',
    tools: [{ name: 'send', description: `as ${MAIL} does` }],
    contentDigest: '0'.repeat(64),
  };
  const redacted = carried.example(example);
  assert.equal(redacted.recordId, hashedIdentifier('id', MAIL, KEY));
  assert.deepEqual(redacted.toolCalls, [
    { id: 'c1', name: 'send', arguments: '{"to":"[EMAIL_1]"}' },
  ]);
  assert.deepEqual(redacted.tools, [{ name: 'send', description: 'as [EMAIL_1] does' }]);
  assert.notEqual(redacted.contentDigest, example.contentDigest);
});

test('the rejected answer of a pair is redacted too, in its calls as well', () => {
  const example: Example = {
    id: 'r',
    window: '2026-W01',
    time: '2026-01-01T00:00:00.000Z',
    side: 'train',
    group: 'g',
    messages: [{ role: 'user', content: 'whom do I ask?' }],
    answer: 'anybody',
    rejected: {
      content: `ask ${MAIL}`,
      toolCalls: [{ id: 'c1', name: 'send', arguments: `{"to":"${MAIL}"}` }],
    },
    answerOrigin: 'edited',
    contentDigest: '0'.repeat(64),
  };
  const redacted = carried.example(example);
  assert.deepEqual(redacted.rejected, {
    content: 'ask [EMAIL_1]',
    toolCalls: [{ id: 'c1', name: 'send', arguments: '{"to":"[EMAIL_1]"}' }],
  });
  assert.notEqual(redacted.contentDigest, example.contentDigest);
});

test('a conversation goes on under the ids of now, and its corrections are redacted', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const signal: Signal = {
    ...{ name: 'edit', kind: 'edit', surface: 'production', verdict: 'none', at },
    correction: `ask ${MAIL}`,
  };
  const turn = { message: 1, callId: MAIL, time: at, model: null, consent: 'allow' as const };
  const digests = { transcript: 't', contentDigest: '0'.repeat(64) };
  const { id, calls, holds } = carried.conversation({
    id: MAIL,
    calls: [{ turn: { ...turn, signals: [signal] }, ...digests }],
    holds: [MAIL, 'other'],
  });
  const hashed = hashedIdentifier('id', MAIL, KEY);
  assert.deepEqual([id, calls[0]?.turn.callId, holds], [hashed, hashed, [hashed, 'other']]);
  assert.equal(calls[0]?.turn.signals[0]?.correction, 'ask [EMAIL_1]');
});
