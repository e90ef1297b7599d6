/** Rows of features with what they are: 1 for what is looked for, 0 for everything else. */
export interface FitRow {
  readonly features: readonly number[];
  readonly label: 0 | 1;
}

export interface FittedModel {
  readonly intercept: number;
  readonly weights: readonly number[];
}

const ROUNDS = 30;
/** Gaussian prior of the weights of standardised features; keeps them finite where the classes are apart. */
const RIDGE = 1;

/** Logistic regression by Newton's method over standardised features (McCullagh and Nelder 1989, section 4.4). */
export function fitLogistic(rows: readonly FitRow[]): FittedModel {
  const width = rows[0]?.features.length ?? 0;
  const scales = Array.from({ length: width }, (_, column) =>
    scaleOf(rows.map(({ features }) => features[column] ?? 0)),
  );
  const inputs = rows.map(({ features }) => [
    1,
    ...features.map(
      (value, column) => (value - at(scales, column).mean) / at(scales, column).deviation,
    ),
  ]);
  let beta = new Array<number>(width + 1).fill(0);
  for (let round = 0; round < ROUNDS; round += 1) {
    const step = newtonStep(rows, inputs, beta);
    beta = beta.map((value, index) => value + at(step, index));
    if (Math.max(...step.map(Math.abs)) < 1e-9) break;
  }
  const weights = scales.map(({ deviation }, column) => at(beta, column + 1) / deviation);
  const shift = weights.reduce((sum, own, column) => sum + own * at(scales, column).mean, 0);
  return { intercept: at(beta, 0) - shift, weights };
}

function scaleOf(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) || 1 };
}

function newtonStep(
  rows: readonly FitRow[],
  inputs: readonly (readonly number[])[],
  beta: readonly number[],
): readonly number[] {
  const size = beta.length;
  const system = beta.map((value, index) => {
    const row = new Array<number>(size + 1).fill(0);
    // The intercept has no prior.
    if (index > 0) {
      row[index] = RIDGE;
      row[size] = -RIDGE * value;
    }
    return row;
  });
  inputs.forEach((input, index) => {
    const odds = input.reduce((sum, value, column) => sum + value * at(beta, column), 0);
    const probability = 1 / (1 + Math.exp(-odds));
    const weight = probability * (1 - probability);
    const residual = (rows[index]?.label ?? 0) - probability;
    for (let one = 0; one < size; one += 1) {
      const row = at(system, one);
      const own = at(input, one);
      for (let other = 0; other < size; other += 1) {
        row[other] = at(row, other) + weight * own * at(input, other);
      }
      row[size] = at(row, size) + residual * own;
    }
  });
  return solve(system);
}

/** Gauss and Jordan with partial pivots; the last column is the right side. */
function solve(system: number[][]): readonly number[] {
  const size = system.length;
  for (let column = 0; column < size; column += 1) {
    let pivot = column;
    for (let row = column; row < size; row += 1) {
      if (Math.abs(at(at(system, row), column)) > Math.abs(at(at(system, pivot), column)))
        pivot = row;
    }
    [system[column], system[pivot]] = [at(system, pivot), at(system, column)];
    const own = at(system, column);
    for (const row of system) {
      if (row === own) continue;
      const factor = at(row, column) / at(own, column);
      for (let index = column; index <= size; index += 1) {
        row[index] = at(row, index) - factor * at(own, index);
      }
    }
  }
  return system.map((row, index) => at(row, size) / at(row, index));
}

function at<Value>(values: readonly Value[], index: number): Value {
  const value = values[index];
  if (value === undefined) throw new Error(`nothing at ${index} of ${values.length}`);
  return value;
}
