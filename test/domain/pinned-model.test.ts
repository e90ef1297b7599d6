import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { familyOf, pinComplaint } from '../../src/domain/pinned-model.js';

describe('the name of a judge', () => {
  for (const id of [
    'gpt-4.1-2025-04-14',
    'o3-2025-04-16',
    'claude-sonnet-4-20250514',
    'gemini-2.0-flash-001',
    'mistral-large-2411',
    'Qwen/Qwen3-32B',
    'meta-llama/Llama-3.3-70B-Instruct',
    'accounts/fireworks/models/deepseek-v3',
    'judge-7b-2026-01-15',
  ]) {
    test(`${id} stays the same model`, () => assert.equal(pinComplaint(id), null));
  }
  for (const id of [
    'gpt-4.1',
    'gpt-4o',
    'chatgpt-4o-latest',
    'o3',
    'claude-sonnet-4-5',
    'claude-3-5-sonnet-latest',
    'gemini-2.0-flash',
    'mistral-large-latest',
    'llama-3-latest',
    'judge',
  ]) {
    test(`${id} may become another`, () => assert.match(pinComplaint(id) ?? '', /stays the same/));
  }

  test('tells its family', () => {
    assert.deepEqual(
      ['meta-llama/Llama-3.1-8B', 'ft:gpt-4.1-mini-2025-04-14:us', 'Qwen/Qwen3-32B', '7b'].map(
        familyOf,
      ),
      ['llama', 'gpt', 'qwen', null],
    );
    const llamas = ['meta-llama/Meta-Llama-3.1-8B-Instruct', 'meta.llama3-1-8b-instruct-v1:0'];
    assert.deepEqual(llamas.map(familyOf), ['llama', 'llama']);
    assert.equal(familyOf('meta-math/MetaMath-7B'), 'metamath');
  });
});
