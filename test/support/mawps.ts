/** A question of MAWPS with the template of its equation. */
export interface Problem {
  readonly question: string;
  /** The equation with its numbers by their place in the question: `x=(n0-n1)/n2`. */
  readonly template: string;
}

interface Row {
  readonly original_text: string;
  readonly equation: string;
}

/** The problems of one of the data set's files. */
export function mawpsProblems(text: string): readonly Problem[] {
  return (JSON.parse(text) as readonly Row[]).map(({ original_text: question, equation }) => ({
    question,
    template: templateOf(question, equation),
  }));
}

function templateOf(question: string, equation: string): string {
  const values = [...question.matchAll(/\d+(?:\.\d+)?/gu)].map(([number]) => Number(number));
  return equation
    .toLowerCase()
    .replace(/\s+/gu, '')
    .replace(/\d+(?:\.\d+)?/gu, (number) => {
      const place = values.indexOf(Number(number));
      return place < 0 ? number : `n${place}`;
    });
}
