import { parseArgs } from 'node:util';
import { DEFAULT_CONTAMINATION_POLICY } from '../../src/contamination/policy.js';
import { type MatrixResult, runMatrix } from '../contamination/injection/matrix.js';

const HELP = `npm run bench:matrix [-- options]: leaks of every form, and rows that are alike and no leaks.

  --seed 1        what the texts are made from
  --samples 40    samples of each style, and rows of each family
  --missed        also name each leak that was missed and each row that was taken for one
  --json          one JSON object, and nothing else
`;

function main(): void {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      samples: { type: 'string', default: '40' },
      missed: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const before = process.cpuUsage();
  const result = runMatrix(
    Number(values.seed),
    Number(values.samples),
    DEFAULT_CONTAMINATION_POLICY,
  );
  const { user, system } = process.cpuUsage(before);
  const cpuSeconds = (user + system) / 1e6;
  const told = values.json
    ? `${JSON.stringify({ ...result, ...totals(result), cpuSeconds }, null, 1)}\n`
    : tableOf(result, cpuSeconds, values.missed);
  process.stdout.write(told);
}

function totals({ forms, families }: MatrixResult): {
  readonly recall: number;
  readonly precision: number;
} {
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const found = sum(forms.map((form) => form.found));
  const wrong = sum(families.map(({ removed }) => new Set(removed.map(rowOf)).size));
  return {
    recall: found / sum(forms.map(({ leaks }) => leaks)),
    precision: found / (found + wrong),
  };
}

function rowOf(removed: string): string {
  return /^(.*\/\d+) /u.exec(removed)?.[1] ?? removed;
}

function tableOf(result: MatrixResult, cpuSeconds: number, missed: boolean): string {
  const { recall, precision } = totals(result);
  const lines = [
    `${result.rows} rows against ${result.samples} samples, ${cpuSeconds.toFixed(1)} s of processor time`,
    '',
    `${'leaks by form'.padEnd(40)}${'leaks'.padStart(7)}${'found'.padStart(7)}${'recall'.padStart(8)}`,
    ...result.forms.flatMap(({ form, leaks, found, missed: names }) => [
      `${form.padEnd(40)}${cell(leaks)}${cell(found)}${(found / leaks).toFixed(3).padStart(8)}`,
      ...(missed ? names.map((name) => `    ${name}`) : []),
    ]),
    '',
    `${'no leaks, by family'.padEnd(40)}${'rows'.padStart(7)}${'removed'.padStart(8)}${'kin'.padStart(7)}`,
    ...result.families.flatMap(({ family, rows, removed, kin }) => [
      `${family.padEnd(40)}${cell(rows)}${String(new Set(removed.map(rowOf)).size).padStart(8)}${cell(kin)}`,
      ...(missed ? removed.map((name) => `    ${name}`) : []),
    ]),
    '',
    `recall ${recall.toFixed(4)}, precision ${precision.toFixed(4)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function cell(value: number): string {
  return String(value).padStart(7);
}

main();
