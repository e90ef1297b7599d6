import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_REDACTION_POLICY, type PersonalDataType } from '../../src/domain/personal-data.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { repositoryRoot } from '../support/paths.js';
import {
  type Accuracy,
  type Share,
  generatedTexts,
  measureAccuracy,
  wilson,
} from '../support/personal-data/accuracy.js';
import { KINDS, typeOfKind } from '../support/personal-data/made-up-values.js';
import { PRESIDIO_LABELS, PRESIDIO_SET, presidioTexts } from '../support/personal-data/presidio.js';

/** Every type, names and addresses too. */
const redactor = createRedactor({
  ...DEFAULT_REDACTION_POLICY,
  types: { ...DEFAULT_REDACTION_POLICY.types, name: 'mask', address: 'mask' },
});
const GENERATED = 1_000;
/** Another than that of the tests, which the rules were written by. */
const SEED = 2;
const isVerbose = process.argv.includes('--misses');

function main(): void {
  const path = join(repositoryRoot, '..', 'shared', 'data', PRESIDIO_SET);
  if (existsSync(path)) {
    printHead("presidio's set, 1,500 texts");
    for (const type of Object.keys(PRESIDIO_LABELS) as PersonalDataType[]) {
      printRow(type, measureAccuracy(redactor, type, presidioTexts(path, type)));
    }
  } else console.log(`presidio's set is not measured: it is not at ${path}`);
  printHead(`${GENERATED} generated values of each kind, and as many look-alikes`);
  for (const kind of KINDS) {
    printRow(
      kind,
      measureAccuracy(redactor, typeOfKind(kind), generatedTexts(kind, GENERATED, SEED)),
    );
  }
}

function printHead(title: string): void {
  console.log(`\n${title}\n`);
  console.log('| kind | values | found exactly | found or overlapped | precision |');
  console.log('| --- | ---: | --- | --- | --- |');
}

function printRow(
  kind: string,
  { spans, exact, overlapped, found, wrong, ...rest }: Accuracy,
): void {
  const cells = [wilson(exact, spans), wilson(overlapped, spans), wilson(found - wrong, found)];
  console.log(`| ${kind} | ${spans} | ${cells.map(describe).join(' | ')} |`);
  if (!isVerbose) return;
  console.log('  missed:', [...new Set(rest.missed)].slice(0, 40));
  console.log('  mistaken:', [...new Set(rest.mistaken)].slice(0, 40));
}

function describe({ value, low, high }: Share): string {
  return `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
}

main();
