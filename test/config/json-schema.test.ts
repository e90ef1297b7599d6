import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import {
  configurationJsonSchema,
  configurationJsonSchemaText,
  type JsonSchema,
} from '../../src/config/json-schema.js';
import { repositoryRoot } from '../support/paths.js';

const fixtures = join(repositoryRoot, 'test', 'fixtures', 'config');

function* properties(schema: JsonSchema, path = ''): Generator<readonly [string, JsonSchema]> {
  for (const [key, inner] of Object.entries(schema.properties ?? {})) {
    yield [`${path}${key}`, inner];
    yield* properties(inner, `${path}${key}.`);
  }
  if (schema.items !== undefined) yield* properties(schema.items, `${path}[].`);
}

describe('holdfast.schema.json', () => {
  test('is what the zod schema says; `node dist/src/cli/write-schema.js` writes it anew', async () => {
    const kept = await readFile(join(repositoryRoot, 'holdfast.schema.json'), 'utf8');
    assert.equal(kept, configurationJsonSchemaText());
  });

  test('describes every key a user may write', () => {
    const silent = [...properties(configurationJsonSchema())]
      .filter(([path, schema]) => schema['description'] === undefined && !path.endsWith('[].name'))
      .map(([path]) => path);
    assert.deepEqual(silent, []);
  });

  test('accepts and refuses what the loader accepts and refuses, by another validator', async () => {
    const ajv = new Ajv2020({ allErrors: true, validateFormats: false });
    const validate = ajv.compile(configurationJsonSchema());
    const minimal: unknown = parse(await readFile(join(fixtures, 'minimal.yaml'), 'utf8'));
    assert.equal(validate(minimal), true, JSON.stringify(validate.errors));
    const bad: unknown = parse(await readFile(join(fixtures, 'many-problems.yaml'), 'utf8'));
    assert.equal(validate(bad), false);
    const paths = (validate.errors ?? []).map((error) => error.instancePath);
    for (const path of ['/store', '/split', '/sources', '/consent', '/champion/trainedOn']) {
      assert.ok(paths.includes(path), `${path} is not refused`);
    }
  });
});
