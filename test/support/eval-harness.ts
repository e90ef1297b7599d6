import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Hex } from '../../src/storage/objects.js';

/**
 * An eval harness of one's own: `eval-harness.js TOOL`. It asks the model of its environment every sample of its file and
 * writes what TOOL would write. Each start leaves a line in `harness-starts` of the folder that it begins in, and
 * `harness-mode` there says how it is to go wrong, or that it is to wait until it says something else.
 */
interface Line {
  readonly id: string;
  readonly input: string;
  readonly reference: string;
}

interface Answered extends Line {
  readonly answer: string | null;
}

const [tool = 'promptfoo'] = process.argv.slice(2);
const variable = (name: string): string => process.env[name] ?? '';
const modeNow = (): string =>
  existsSync('harness-mode') ? readFileSync('harness-mode', 'utf8').trim() : '';
appendFileSync('harness-starts', `${variable('HOLDFAST_MODEL')} ${process.pid}\n`);

while (modeNow() === 'wait') await new Promise((resolve) => setTimeout(resolve, 20));
const mode = modeNow();

async function answerTo(input: string): Promise<string | null> {
  const response = await fetch(`${variable('HOLDFAST_BASE_URL')}/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${variable('HOLDFAST_API_KEY')}`,
    },
    body: JSON.stringify({
      model: variable('HOLDFAST_MODEL'),
      messages: [{ role: 'user', content: input }],
      temperature: 0,
      max_tokens: 50,
    }),
  });
  if (!response.ok) return null;
  const { choices } = (await response.json()) as {
    readonly choices: readonly [{ readonly message: { readonly content: string } }];
  };
  return choices[0].message.content;
}

/** The model that it says that it asked. */
function named(): string {
  return mode === 'one-model' ? 'model-2' : variable('HOLDFAST_MODEL');
}

function promptfooRow({ id, input, reference, answer }: Answered, testIdx: number): object {
  const isRight = answer === reference;
  const missing = { success: false, score: 0, failureReason: 2, error: '503', gradingResult: null };
  const scored = {
    success: isRight,
    score: mode === 'two-thirds' && !isRight ? 0.67 : Number(isRight),
    failureReason: isRight ? 0 : 1,
    response: { output: answer },
    gradingResult: { pass: isRight, score: Number(isRight), reason: '' },
  };
  return {
    testIdx,
    promptIdx: 0,
    provider: { id: `openai:chat:${named()}`, label: '' },
    vars: { id, input, reference },
    prompt: { raw: JSON.stringify([{ role: 'user', content: input }]), label: 'the question' },
    testCase: { vars: { id, input, reference }, assert: [{ type: 'equals', value: reference }] },
    namedScores: {},
    ...(answer === null ? missing : scored),
  };
}

function lmEvalLine({ id, input, reference, answer }: Answered, index: number): string {
  return JSON.stringify({
    doc_id: index,
    doc: { id, input, reference },
    target: reference,
    arguments: { gen_args_0: { arg_0: `Question: ${input}\nAnswer:`, arg_1: { until: ['\n'] } } },
    resps: [[answer]],
    filtered_resps: [answer],
    filter: 'none',
    metrics: ['exact_match'],
    doc_hash: sha256Hex(input),
    prompt_hash: sha256Hex(`Question: ${input}`),
    target_hash: sha256Hex(reference),
    exact_match: answer === reference ? 1 : 0,
  });
}

function inspectLog(answered: readonly Answered[]): object {
  const samples = answered.map(({ id, input, reference, answer }) => ({
    id,
    epoch: 1,
    input: [{ id: `${process.pid}`, role: 'user', content: input }],
    target: reference,
    output: { choices: [{ message: { content: answer } }] },
    scores: answer === null ? {} : { match: { value: answer === reference ? 'C' : 'I' } },
  }));
  const model = `openai-api/host/${named()}`;
  return { version: 2, status: 'success', eval: { task: 'golden', model }, samples };
}

function write(answered: readonly Answered[]): void {
  const folder = variable('HOLDFAST_FOLDER');
  if (tool === 'lm-evaluation-harness') {
    mkdirSync(join(folder, 'local'));
    writeFileSync(join(folder, 'local', 'results_2026-11-27.json'), '{"results":{}}');
    const path = join(folder, 'local', 'samples_golden_2026-11-27.jsonl');
    writeFileSync(path, answered.map(lmEvalLine).join('\n'));
    return;
  }
  const rows = answered.map(promptfooRow);
  const document =
    tool === 'inspect'
      ? inspectLog(answered)
      : { evalId: 'eval-1', results: { version: 3, results: rows }, config: {} };
  const text = JSON.stringify(document, null, 2);
  writeFileSync(join(folder, 'results.json'), mode === 'half' ? text.slice(0, -200) : text);
  if (mode === 'two-files') writeFileSync(join(folder, 'more.json'), '{}');
}

const lines = readFileSync(variable('HOLDFAST_SAMPLES'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => ({ reference: 'right', ...(JSON.parse(line) as Omit<Line, 'reference'>) }));
if (mode === 'hang') await new Promise((resolve) => setTimeout(resolve, 600_000));
if (mode === 'fail') {
  process.stdout.write(`a text that nobody is to be told: ${variable('HOLDFAST_API_KEY')}\n`);
  process.exit(3);
}
const asked: Answered[] = [];
for (const line of lines) asked.push({ ...line, answer: await answerTo(line.input) });
switch (mode) {
  case 'others':
    write(asked.map((line, index) => (index === 0 ? { ...line, input: 'another one' } : line)));
    break;
  case 'fewer':
    write(asked.slice(1));
    break;
  case 'twice':
    write([...asked, ...asked.slice(0, 1)]);
    break;
  case 'other-references':
    write(asked.map((line) => ({ ...line, reference: `${line.reference}.` })));
    break;
  case 'unredacted':
    write(
      asked.map(({ input, answer, ...line }) => ({
        ...line,
        input: input.replace('[EMAIL_1]', 'jo@example.org'),
        answer: `${answer}, says jo@example.org`,
      })),
    );
    break;
  case 'unanswered':
    write(asked.map((line) => ({ ...line, answer: null })));
    break;
  case 'nothing':
    break;
  default:
    write(asked);
}
