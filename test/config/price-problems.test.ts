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
const ANY = { prompt: 0.1, completion: 0.4 };

function told(prices: readonly object[] | undefined, limits?: object): string {
  try {
    const gate = limits === undefined ? {} : { gate: { limits } };
    parseConfiguration({ ...BASE, chat: { ...(prices && { prices }) }, ...gate });
  } catch (error) {
    return String(error);
  }
  return '';
}

describe('prices of answers', () => {
  test('may be one of all models, or of some before it', () => {
    assert.equal(told([ANY]), '');
    assert.equal(told([{ model: 'ft:', ...ANY }, ANY], { cost: 1.2 }), '');
    assert.equal(told([{ model: 'ft:', ...ANY }]), '');
  });

  test('are more than nothing, of prompts and of answers', () => {
    assert.match(told([{ prompt: 0, completion: 1 }]), /chat\.prices\[0\]\.prompt.*more than 0/);
    assert.match(told([{ prompt: 1 }]), /chat\.prices\[0\]\.completion/);
    assert.match(told([]), /chat\.prices.*at least one/);
  });

  test('that an earlier one is of, too, never count and are refused', () => {
    assert.match(
      told([ANY, { model: 'ft:', ...ANY }]),
      /chat\.prices\[1\]: never counts: chat\.prices\[0\] comes before it/,
    );
    assert.match(
      told([
        { model: 'ft:', ...ANY },
        { model: 'ft:gpt', ...ANY },
      ]),
      /chat\.prices\[1\]: never counts/,
    );
    assert.equal(
      told([
        { model: 'ft:gpt', ...ANY },
        { model: 'ft:', ...ANY },
      ]),
      '',
    );
  });

  test('have to be of every model where a limit rests on them', () => {
    for (const prices of [undefined, [{ model: 'ft:', ...ANY }]]) {
      assert.match(told(prices, { cost: 1.2 }), /gate\.limits\.cost: needs a price of every model/);
    }
  });

  test('leave a configuration without them as it was', () => {
    const configuration = parseConfiguration(BASE);
    assert.ok(!('prices' in configuration.chat));
    const priced = parseConfiguration({ ...BASE, chat: { prices: [ANY] } });
    assert.notEqual(configurationDigest(priced), configurationDigest(configuration));
  });
});
