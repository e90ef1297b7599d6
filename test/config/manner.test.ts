import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { configurationDigest } from '../../src/config/load.js';
import { parseConfiguration } from '../../src/config/schema.js';

const BASE = {
  model: 'triage',
  window: { first: '2026-W01' },
  sources: [{ path: 'logs' }],
  consent: { unmarked: 'allow' },
  train: {
    baseURL: 'http://127.0.0.1:1/v1',
    baseModel: 'base',
    pricePerMillionTokens: 0,
    maximumCost: 0,
  },
  champion: { modelId: 'ft:champion', trainedOn: [] },
};
const HOST = { baseURL: 'http://127.0.0.1:1/v1', model: 'judge-2026-01-01' };
const PARAMETERS = {
  reasoning_effort: 'low',
  seed: 7,
  top_p: 0.9,
  chat_template_kwargs: { enable_thinking: false },
  response_format: { type: 'json_object' },
  stop: ['\n', null],
};

const sections = {
  chat: (asked: object) => ({ chat: asked }),
  judge: (asked: object) => ({ judge: { ...HOST, ...asked } }),
  'detection.tiers.judge': (asked: object) => ({
    detection: { tiers: { judge: { ...HOST, ...asked } } },
  }),
};

function told(changes: object): string {
  try {
    parseConfiguration({ ...BASE, ...changes });
  } catch (error) {
    return String(error);
  }
  return '';
}

function digest(changes: object): string {
  return configurationDigest(parseConfiguration({ ...BASE, ...changes }));
}

describe('how a host is asked', () => {
  for (const [name, section] of Object.entries(sections)) {
    test(`may be said in ${name}, by the host's own names`, () => {
      const asked = {
        parameters: PARAMETERS,
        limitField: 'max_completion_tokens',
        temperature: null,
        reasoning: 'strip',
      };
      assert.equal(told(section(asked)), '');
      for (const each of Object.keys(asked)) {
        const one = { [each]: asked[each as keyof typeof asked] };
        assert.notEqual(digest(section(one)), digest(section({})), each);
      }
    });

    test(`says nothing in ${name} of what holdfast sets itself, and nothing that is no JSON`, () => {
      const path = `${name}.parameters`.replaceAll('.', '\\.');
      for (const [parameter, reason] of [
        ['model', 'holdfast sets it itself'],
        ['messages', 'holdfast sets it itself'],
        ['tools', 'holdfast sets it itself'],
        ['stream', 'one answer is asked for at a time'],
        ['n', 'one answer is asked for at a time'],
        ['temperature', 'said by temperature'],
        ['max_tokens', 'said by maximumTokens'],
        ['max_completion_tokens', 'said by maximumTokens'],
        ['extra_body', 'an argument of a library'],
      ] as const) {
        const problem = told(section({ parameters: { [parameter]: 1 } }));
        assert.match(problem, new RegExp(`${path}\\.${parameter}: expected none of it.*${reason}`));
      }
      assert.match(told(section({ parameters: { top_p: Number.NaN } })), /parameters\.top_p/);
      assert.match(
        told(section({ parameters: ['top_p'] })),
        /parameters: expected a group of keys/,
      );
      assert.match(told(section({ limitField: 'max_new_tokens' })), /max_completion_tokens/);
    });
  }

  test('is part of no digest where nothing is said: those of earlier versions stay', () => {
    assert.equal(digest({}), '464128ed92d8ba94b375e52cb467208b877c96543a2d2cc3c0f8a3eb3244141a');
    assert.equal(
      digest({ ...sections.judge({}), ...sections['detection.tiers.judge']({}) }),
      '82f0398b6e64e8920bee8575206b65c6fa4ea7360eb179d95325c31fbfa0b44a',
    );
  });

  test('leaves several answers to one sample different: by no temperature of 0 and by no seed', () => {
    const several = (more: object): string => told({ chat: { answersPerSample: 3, ...more } });
    assert.match(several({ temperature: 0 }), /chat\.temperature: expected more than 0, or null/);
    assert.equal(several({ temperature: null }), '');
    assert.equal(several({ temperature: 0.7, parameters: { top_p: 0.9 } }), '');
    assert.match(
      several({ temperature: 0.7, parameters: { seed: 7 } }),
      /chat\.parameters\.seed: expected none.*all answers are alike/,
    );
  });
});
