import type { AnsweredSample } from '../answered-sample.js';
import type { ExampleKind } from '../choose-examples.js';
import { harmless } from './harmless.js';
import { html, trusted, type Html } from './html.js';
import { counted, formatShare } from './numbers.js';
import { suiteName } from './verdict.js';

/** Units of a text that are shown. */
const LONGEST_TEXT = 600;

/** The samples on which the candidate lost most against the champion, with what both answered; nothing where there are none. */
export function renderRegressions(examples: readonly AnsweredSample[]): Html | null {
  const regressions = examples.filter(({ kind }) => kind === 'regression');
  if (regressions.length === 0) return null;
  return html`<section aria-labelledby="regressions">
    <h2 id="regressions">Worst regressions</h2>
    <p class="small">
      Clean samples that the champion answered better than the candidate, the largest losses of each
      suite first; personal data is masked.
    </p>
    ${regressions.map(renderExample)}
  </section>`;
}

function renderExample(example: AnsweredSample, position: number): Html {
  const { suite, sampleId, champion, candidate } = example;
  return html`<details${position === 0 ? trusted(' open') : ''}>
    <summary>
      ${suiteName(suite)}, sample ${sampleId}: champion ${formatShare(champion)}, candidate
      ${formatShare(candidate)}
    </summary>
    <dl class="facts">
      ${textsOf(example).map(
        ([name, text]) =>
          html`<div>
            <dt>${name}</dt>
            ${trusted(`<dd dir="auto">${harmless(cut(text)).html}</dd>`)}
          </div>`,
      )}
    </dl>
  </details>`;
}

/** What is shown of a sample, by name. */
export function textsOf({
  prompt,
  reference,
  championAnswer,
  candidateAnswer,
}: AnsweredSample): readonly (readonly [string, string])[] {
  return [
    ['prompt', prompt],
    ['reference', reference === '' ? '(none)' : reference],
    ['champion', championAnswer === '' ? '(nothing)' : championAnswer],
    ['candidate', candidateAnswer === '' ? '(nothing)' : candidateAnswer],
  ];
}

/** A text, or its beginning and how much is missing. */
export function cut(text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  const head = text.slice(0, LONGEST_TEXT).replace(/[\ud800-\udbff]$/u, '');
  return `${head}… (${counted(text.length - head.length, 'more character')})`;
}

/** What a kind of example is, as a heading. */
export const EXAMPLE_HEADINGS: Readonly<Record<ExampleKind, string>> = {
  regression: 'Better before than now',
  improvement: 'Better now than before',
  failure: 'Wrong before and now',
};
