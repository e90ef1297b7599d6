import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Call, Part, Turn } from '../conformance/calls.js';
import { connectorConformance, deepLine, idOf } from '../conformance/connector.js';
import { repositoryRoot } from '../support/paths.js';
import { createFerryConnector } from './ferry-connector.js';

const GOOD = { at: '2026-02-10', asked: 'secret', said: 'hush' };

describe('the page that says how a connector is written', () => {
  test('has this one, word for word', () => {
    const page = readFileSync(join(repositoryRoot, 'docs', 'connectors.md'), 'utf8');
    const example = /```ts\n(?<code>.*?)```/su.exec(page)?.groups?.['code'];
    const file = join(repositoryRoot, 'test', 'connectors', 'ferry-connector.ts');
    assert.equal(example, readFileSync(file, 'utf8'));
  });
});

connectorConformance("example's", {
  create: createFerryConnector,
  fields: {},
  hasTables: true,
  write: (calls) => ({ files: { calls: calls.map(rowOf) }, lines: calls.length }),
  wrong: [
    [{ ...GOOD, at: 'secret' }, 'invalid-time'],
    [{ ...GOOD, at: null }, 'missing-time'],
    [{ ...GOOD, asked: 7 }, 'invalid-messages'],
    [{ ...GOOD, said: null }, 'missing-output'],
    [{ ...GOOD, thumbs: 'secret' }, 'invalid-feedback'],
  ],
  deep: [deepLine({ ...GOOD, asked: [{ role: 'tool', content: '@' }] }), 'too-deep'],
});

function rowOf(call: Call): object {
  return {
    call: idOf(call),
    at: Date.parse(call.time) / 1_000,
    passenger: call.user,
    booking: call.conversation,
    model: call.model,
    desk: call.environment,
    asked: call.messages.map(messageOf),
    said: messageOf(call.answer),
    ended: call.finish,
    thumbs: call.thumbs.map(({ up, at }) => ({
      up,
      at,
    })),
  };
}

function messageOf({ role, parts }: Turn): object {
  const [result] = parts.flatMap((part) => (part.kind === 'result' ? [part] : []));
  const content = parts.flatMap(contentOf);
  return result === undefined
    ? { role, content, tool_calls: parts.flatMap(callOf) }
    : { role, content: result.text, tool_call_id: result.id };
}

function callOf(part: Part): object[] {
  return part.kind === 'call' ? [{ id: part.id, name: part.name, arguments: part.args }] : [];
}

function contentOf(part: Part): object[] {
  if (part.kind === 'text') return [{ type: 'text', text: part.text }];
  return part.kind === 'image' ? [{ type: 'image' }] : [];
}
