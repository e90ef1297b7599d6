import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { holdAgainstSchema } from '../../src/formats/json-schema.js';
import { loadLanguageDetector } from '../../src/select/language-detector.js';
import { createRefusalTest, REFUSAL_PHRASES } from '../../src/select/quality-refusals.js';
import { repetitionOf } from '../../src/select/quality-repetition.js';
import { repositoryRoot } from '../support/paths.js';

/** What the rules of quality cost, and what they take of public texts: `node dist/test/bench/quality-rules.js`. */
const data = join(repositoryRoot, '..', 'shared', 'data');

function microseconds(count: number, work: () => void): string {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return `${((user + system) / count).toFixed(1)} µs each`;
}

async function measureLanguages(): Promise<void> {
  const languageOf = await loadLanguageDetector();
  const folder = dirname(createRequire(import.meta.url).resolve('typescript'));
  for (const language of 'cs de es fr it ja ko pl pt-br ru tr zh-cn'.split(' ')) {
    const file = join(folder, language, 'diagnosticMessages.generated.json');
    const texts = Object.values(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>);
    let [told, right] = [0, 0];
    const cost = microseconds(texts.length, () => {
      for (const text of texts) {
        const found = languageOf(text.replace(/'[^']*'|\{\d\}/g, ' '));
        if (found !== null) told += 1;
        if (found === language.slice(0, 2)) right += 1;
      }
    });
    const share = ((100 * right) / told).toFixed(2);
    console.log(`language  ${language}: ${share} % of ${told} told right, ${cost}`);
  }
}

interface FunctionRow {
  readonly id: string;
  readonly function: readonly { readonly parameters: object }[];
}
interface AnswerRow {
  readonly id: string;
  readonly ground_truth: readonly Record<string, Record<string, readonly unknown[]>>[];
}

function rowsOf<Row>(path: string): readonly Row[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Row);
}

/** Berkeley's functions name types in Python's words. */
function schemaOf(parameters: object): object {
  const text = JSON.stringify(parameters)
    .replaceAll('"type":"dict"', '"type":"object"')
    .replaceAll('"type":"float"', '"type":"number"')
    .replace(/"type":"(?:tuple|list)"/g, '"type":"array"')
    .replaceAll('"type":"any"', '"title":"any"');
  return JSON.parse(text) as object;
}

function measureSchemas(folder: string): void {
  const name = 'BFCL_v4_live_simple.json';
  const answers = new Map(
    rowsOf<AnswerRow>(join(folder, 'possible_answer', name)).map((row) => [row.id, row]),
  );
  const cases = rowsOf<FunctionRow>(join(folder, name)).map((row) => {
    const call = answers.get(row.id)?.ground_truth[0] ?? {};
    const given = Object.entries(Object.values(call)[0] ?? {}).map(([key, [first]]) => [
      key,
      first,
    ]);
    const args: unknown = Object.fromEntries(given.filter(([, first]) => first !== ''));
    return { schema: schemaOf(row.function[0]?.parameters ?? {}), args };
  });
  const verdicts: string[] = [];
  const ours = microseconds(cases.length, () => {
    for (const { schema, args } of cases) verdicts.push(holdAgainstSchema(args, schema));
  });
  let differing = 0;
  const theirs = microseconds(cases.length, () => {
    cases.forEach(({ schema, args }, index) => {
      const fits = new Ajv2020({ strict: false, validateFormats: false }).compile(schema)(args);
      if (fits !== (verdicts[index] === 'fits')) differing += 1;
    });
  });
  const fitting = verdicts.filter((verdict) => verdict === 'fits').length;
  console.log(
    `schemas   ${fitting} of ${cases.length} calls fit; ${ours}, by ajv ${theirs}; ${differing} verdicts differ`,
  );
}

/** Every text of at least 30 words in a folder's files of JSON, whatever it is. */
function textsIn(folder: string): readonly string[] {
  const texts: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value === 'string') {
      if (value.split(/\s+/).length >= 30) texts.push(value);
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
  };
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!/\.jsonl?$/.test(name) || texts.length > 20_000) continue;
    const text = readFileSync(join(folder, name), 'utf8');
    for (const part of /^\s*\[/.test(text) ? [text] : text.split('\n')) {
      if (part.trim() !== '') {
        try {
          walk(JSON.parse(part));
        } catch {
          // Files that are neither lines nor one value are for other benches.
        }
      }
    }
  }
  return texts;
}

function measureTexts(name: string, texts: readonly string[]): void {
  if (texts.length === 0) return;
  const shares: number[] = [];
  const cost = microseconds(texts.length, () => {
    for (const text of texts) shares.push(repetitionOf(text));
  });
  const over = (limit: number): number => shares.filter((share) => share > limit).length;
  const refuses = createRefusalTest(REFUSAL_PHRASES);
  const refusals = texts.filter(refuses).length;
  console.log(
    `texts     ${name}: ${texts.length} of 30 words and more; repeat over 0.3 ${over(0.3)}, 0.5 ${over(0.5)}, ` +
      `0.8 ${over(0.8)} (${cost}); refuse ${refusals}`,
  );
}

await measureLanguages();
if (!existsSync(data)) console.log('texts     skipped: there is no ../shared/data');
else {
  const functions = join(data, 'bfcl', 'bfcl_eval', 'data');
  if (existsSync(functions)) measureSchemas(functions);
  for (const name of readdirSync(data).sort()) {
    if (!name.endsWith('.md')) measureTexts(name, textsIn(join(data, name)));
  }
}
