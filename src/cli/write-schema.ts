import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { configurationJsonSchemaText } from '../config/json-schema.js';

/** Writes `holdfast.schema.json` anew into the current folder: run at the top of a checkout after a change of the schema. */
await writeFile(resolve('holdfast.schema.json'), configurationJsonSchemaText());
