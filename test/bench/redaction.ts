import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadMail } from '../../src/demo/mail/load-mail.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { repositoryRoot } from '../support/paths.js';
import { HARD_UNITS } from '../support/personal-data/hard-units.js';

/** CPU time of the redactor beside that of `JSON.parse` over the same lines, and how it grows on hard texts. */
const redactor = createRedactor();
const ROUNDS = 7;
const HARD_LENGTH = 20_000;
const PUBLIC_DATA = join(repositoryRoot, '..', 'shared', 'data');

/** A log line's turns, the last of which is the answer. */
type Conversation = readonly string[];

async function main(): Promise<void> {
  console.log('| lines | kB | JSON.parse, µs/kB | redaction, µs/kB | times | spans/kB |');
  console.log('| --- | ---: | ---: | ---: | ---: | ---: |');
  for (const [name, conversations] of corpora(await loadMail())) measure(name, conversations);
  measureGrowth();
}

function* corpora(
  messages: Awaited<ReturnType<typeof loadMail>>,
): Generator<readonly [string, readonly Conversation[]]> {
  yield ["the demo's prompts", messages.map(({ promptText, folder }) => [promptText, folder])];
  yield [
    'whole mails with their senders',
    messages.map(({ from, subject, body, folder }) => [
      `From: ${from}\n${subject}\n\n${body}`,
      folder,
    ]),
  ];
  const sources = readdirSync(join(repositoryRoot, 'src'), { recursive: true, encoding: 'utf8' });
  yield [
    "this project's source files",
    sources
      .filter((path) => path.endsWith('.ts'))
      .map((path) => [readFileSync(join(repositoryRoot, 'src', path), 'utf8'), 'ok']),
  ];
  for (const [name, path, read] of PUBLIC) {
    const full = join(PUBLIC_DATA, path);
    if (existsSync(full)) yield [name, read(readFileSync(full, 'utf8'))];
    else console.log(`(${name}: not at ${full})`);
  }
}

const PUBLIC: readonly (readonly [string, string, (text: string) => readonly Conversation[]])[] = [
  [
    "presidio's texts",
    'presidio/data/synth_dataset_v2.json',
    (text) =>
      (JSON.parse(text) as { full_text: string }[]).map(({ full_text: turn }) => [turn, 'ok']),
  ],
  [
    'GSM8K with answers',
    'gsm8k/grade_school_math/data/test.jsonl',
    (text) =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { question: string; answer: string })
        .map(({ question, answer }) => [question, answer]),
  ],
];

function measure(name: string, conversations: readonly Conversation[]): void {
  const lines = conversations.map((turns, index) => JSON.stringify(lineOf(turns, index)));
  const kilobytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0) / 1_000;
  const parsed = lines.map((line) => JSON.parse(line) as ReturnType<typeof lineOf>);
  let spans = 0;
  const parse = leastCpu(() => lines.forEach((line) => JSON.parse(line) as unknown));
  const redact = leastCpu(() => {
    spans = 0;
    for (const { messages } of parsed) {
      const conversation = redactor.conversation();
      for (const { content } of messages) {
        const { counts } = conversation.redact(content);
        for (const type in counts) spans += counts[type] ?? 0;
      }
    }
  });
  const cells = [
    kilobytes.toFixed(0),
    (parse / kilobytes).toFixed(2),
    (redact / kilobytes).toFixed(2),
    (redact / parse).toFixed(1),
    (spans / kilobytes).toFixed(2),
  ];
  console.log(`| ${name} | ${cells.join(' | ')} |`);
}

function lineOf(
  turns: Conversation,
  index: number,
): {
  id: string;
  time: string;
  model: string;
  messages: { role: string; content: string }[];
} {
  return {
    id: `chatcmpl-${index.toString(36).padStart(10, '0')}`,
    time: '2026-02-10T12:34:56.789Z',
    model: 'triage-v3',
    messages: turns.map((content, turn) => ({
      role: turn === turns.length - 1 ? 'assistant' : 'user',
      content,
    })),
  };
}

/** CPU time, in microseconds; the least of some rounds after one to warm up. */
function leastCpu(run: () => void): number {
  run();
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, user + system);
  }
  return least;
}

/** How CPU time grows with twice the text: 2 is linear, 4 quadratic. */
function measureGrowth(): void {
  const growth = HARD_UNITS.map((unit) => {
    const text = (length: number): string => unit.repeat(Math.ceil(length / unit.length));
    const [short, long] = [text(HARD_LENGTH), text(2 * HARD_LENGTH)];
    const cpu = (length: string): number => leastCpu(() => redactor.redact(length));
    const longer = cpu(long);
    return { unit, ratio: longer / cpu(short), perKilobyte: longer / ((2 * HARD_LENGTH) / 1_000) };
  });
  growth.sort((a, b) => b.perKilobyte - a.perKilobyte);
  console.log(
    `\nCPU(${2 * HARD_LENGTH}) / CPU(${HARD_LENGTH}) of ${growth.length} hard texts, the slowest:`,
  );
  for (const { unit, ratio, perKilobyte } of growth.slice(0, 10)) {
    console.log(
      `${JSON.stringify(unit).padEnd(34)} ${perKilobyte.toFixed(0)} µs/kB, ${ratio.toFixed(2)}`,
    );
  }
  const slow = growth.filter(({ perKilobyte }) => perKilobyte > 50);
  console.log(
    `largest ratio of those above 50 µs/kB: ${Math.max(...slow.map(({ ratio }) => ratio)).toFixed(2)}`,
  );
}

await main();
