import { scanExamples } from '../../../src/contamination/scan-examples.js';
import { type Finding, LEAK_LEVELS } from '../../../src/domain/finding.js';
import type { ContaminationPolicy } from '../../../src/domain/shingle.js';
import { createRandom } from '../../support/random.js';
import { type Family, makeFamilies } from './families.js';
import { FORMS } from './forms.js';
import { makeSamples, type StyledSample, STYLES } from './made-up-samples.js';
import { createWriter } from './made-up-text.js';
import { asked, type Row, toExample } from './rows.js';

/** How many leaks of one form were found, in all and by the style of the sample. */
export interface FormResult {
  readonly form: string;
  readonly leaks: number;
  readonly found: number;
  readonly missed: readonly string[];
}

/** How many rows of a family were taken for leaks. */
export interface FamilyResult {
  readonly family: string;
  readonly rows: number;
  /** Ids of rows that would have been taken out of training. */
  readonly removed: readonly string[];
  /** Rows that are kin to a sample. */
  readonly kin: number;
}

export interface MatrixResult {
  readonly samples: number;
  readonly rows: number;
  readonly forms: readonly FormResult[];
  readonly families: readonly FamilyResult[];
}

interface Injection {
  readonly id: string;
  readonly form: string;
  readonly row: Row;
  readonly samples: readonly StyledSample[];
}

/** Builds the matrix from `seed` and has it scanned, all of it at once, as a training file is. */
export function runMatrix(
  seed: number,
  perStyle: number,
  policy: ContaminationPolicy,
): MatrixResult {
  const matrix = makeSamples(seed, perStyle);
  const injections = makeInjections(seed, matrix);
  const families = makeFamilies(seed + 100, matrix, perStyle);
  const negatives = families.flatMap((family) =>
    family.rows.map((row, index) => toExample(`${family.name}/${index}`, row)),
  );
  const examples = [...injections.map(({ id, row }) => toExample(id, row)), ...negatives];
  const samples = [...matrix, ...families.flatMap((family) => family.samples)];
  const byRow = grouped(scanExamples(examples, samples, policy), ({ exampleId }) => exampleId);
  return {
    samples: samples.length,
    rows: examples.length,
    forms: formResults(injections, byRow),
    families: families.map((family) => familyResult(family, byRow)),
  };
}

function makeInjections(seed: number, matrix: readonly StyledSample[]): readonly Injection[] {
  const random = createRandom(seed + 1);
  const w = createWriter(createRandom(seed + 2));
  const single = FORMS.flatMap(({ name, inject }) =>
    matrix.flatMap((sample): Injection[] => {
      const row = inject(sample, w, random);
      if (row === null) return [];
      return [{ id: `${name}/${sample.id}`, form: name, row, samples: [sample] }];
    }),
  );
  const perStyle = matrix.length / STYLES.length;
  const several = Array.from({ length: perStyle }, (_, index): Injection => {
    const samples = [0, 2, 5].flatMap((style) => matrix[style * perStyle + index] ?? []);
    const text = samples.map(({ prompt }) => `${w.paragraph(1)} ${prompt}`).join('\n\n');
    return { id: `several/${index}`, form: 'several in one record', row: asked(text), samples };
  });
  return [...single, ...several];
}

function grouped<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [item]);
    else known.push(item);
  }
  return groups;
}

function isLeak({ level }: Finding): boolean {
  return LEAK_LEVELS.includes(level);
}

type ByRow = ReadonlyMap<string, readonly Finding[]>;

function formResults(injections: readonly Injection[], byRow: ByRow): readonly FormResult[] {
  return [...grouped(injections, ({ form }) => form)].map(([form, own]) => {
    const leaks = own.flatMap(({ id, samples }) =>
      samples.map((sample) => ({
        name: `${id} ${sample.id}`,
        found: (byRow.get(id) ?? []).some(
          (finding) => finding.sampleId === sample.id && isLeak(finding),
        ),
      })),
    );
    const missed = leaks.filter(({ found }) => !found).map(({ name }) => name);
    return { form, leaks: leaks.length, found: leaks.length - missed.length, missed };
  });
}

function familyResult({ name, rows }: Family, byRow: ByRow): FamilyResult {
  const found = rows.map((_, index) => byRow.get(`${name}/${index}`) ?? []);
  return {
    family: name,
    rows: rows.length,
    removed: found.flatMap((findings) =>
      findings
        .filter(isLeak)
        .map(
          ({ exampleId, sampleId, level, field, coverage }) =>
            `${exampleId} ${sampleId} ${level} ${field} ${coverage.toFixed(2)}`,
        ),
    ),
    kin: found.filter((findings) => findings.some(({ level }) => level === 'kin')).length,
  };
}
