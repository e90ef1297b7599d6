import { z } from 'zod';
import { configurationSchema } from './document-schema.js';

/** A JSON schema as far as holdfast looks into it. */
export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

/** The JSON schema of `holdfast.yaml` (draft 2020-12), for editors. */
export function configurationJsonSchema(): JsonSchema {
  const generated = z.toJSONSchema(configurationSchema, { io: 'input' }) as JsonSchema;
  return { ...generated, title: 'holdfast.yaml' };
}

/** `holdfast.schema.json` byte for byte, as it is kept at the top of the repository. */
export function configurationJsonSchemaText(): string {
  return `${JSON.stringify(configurationJsonSchema(), null, 2)}\n`;
}

/** The keys that may stand in the object at `path`, or none where it takes any. */
export function knownKeysAt(path: readonly PropertyKey[]): readonly string[] {
  return Object.keys(groupIn(schemaAt(path))?.properties ?? {});
}

/** The keys that have to stand in the object at `path`. */
export function requiredKeysAt(path: readonly PropertyKey[]): readonly string[] {
  return schemaAt(path)?.required ?? [];
}

function schemaAt(path: readonly PropertyKey[]): JsonSchema | undefined {
  return path.reduce<JsonSchema | undefined>(
    (schema, part) =>
      typeof part === 'number' ? schema?.items : groupIn(schema)?.properties?.[String(part)],
    configurationJsonSchema(),
  );
}

/** Of alternatives the one that is a group of keys. */
function groupIn(schema: JsonSchema | undefined): JsonSchema | undefined {
  return schema?.anyOf?.find(({ properties }) => properties !== undefined) ?? schema;
}
