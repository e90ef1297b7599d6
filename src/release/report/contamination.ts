import {
  ANCHOR_UNCOUNTED_NOTES,
  type Books,
  CHAMPION_UNCOUNTED_NOTES,
  UNCOUNTED_NOTES,
} from '../../domain/books.js';
import { type Finding, LEAK_LEVELS, type Level, LEVEL_ORDER } from '../../domain/finding.js';
import type { Excerpt, NgramRule, ReportData } from './data.js';
import { excerptPair } from './excerpt.js';
import { html, trusted, type Html } from './html.js';
import { counted, formatCount, formatShare } from './numbers.js';
import { renderPair } from './pair.js';
import { uncountedLines } from './uncounted.js';
import { suiteName } from './verdict.js';

const EXCERPTS_SHOWN = 5;

const MEANINGS: Readonly<Record<Level, string>> = {
  verbatim: 'the whole sample stands in a row',
  kin: 'the same words with other numbers, names or options: not a leak',
  dirty: 'most of the sample stands in a row, in one stretch',
  partial: 'a part of the sample stands in a row, with a long common run',
  suspect: 'perhaps rephrased',
};

/** How many samples of a set matched at a level, and by how many rows. */
export interface LevelCount {
  readonly sampleSet: string;
  readonly level: Level;
  readonly samples: number;
  readonly rows: number;
}

/** Findings counted by set and level: frozen sets first, and in each the levels that are leaks first. */
export function countFindings(findings: readonly Finding[]): readonly LevelCount[] {
  const sets = [...new Set(findings.map((finding) => finding.sampleSet))].sort(frozenFirst);
  return sets.flatMap((sampleSet) =>
    LEVEL_ORDER.flatMap((level) => {
      const found = findings.filter((one) => one.sampleSet === sampleSet && one.level === level);
      if (found.length === 0) return [];
      return [
        {
          sampleSet,
          level,
          samples: new Set(found.map((one) => one.sampleId)).size,
          rows: new Set(found.map((one) => one.exampleId)).size,
        },
      ];
    }),
  );
}

/** What of the eval sets and the holdout was found in the assembled rows. */
export function renderContamination(data: ReportData): Html {
  const counts = countFindings(data.findings);
  return html`<section aria-labelledby="contamination">
    <h2 id="contamination">Contamination</h2>
    ${
      counts.length === 0
        ? html`<p>No assembled row gives a sample away.</p>`
        : html`<p>
              ${counted(leakingRows(data.findings), 'assembled row')} gave a sample away; none of
              them is in the training file.
            </p>
            <div class="scroll" tabindex="0" role="region" aria-label="Findings by set and level">
              <table class="stacked">
                <thead>
                  <tr>
                    <th scope="col">samples of</th>
                    <th scope="col">level</th>
                    <th scope="col" class="number">samples</th>
                    <th scope="col" class="number">rows</th>
                    <th scope="col">meaning</th>
                  </tr>
                </thead>
                <tbody>
                  ${counts.map(renderCount)}
                </tbody>
              </table>
            </div>`
    }
    ${renderUncounted(data.manifest.books)} ${renderNgramRule(data.ngramRule)}
    ${data.excerpts.slice(0, EXCERPTS_SHOWN).map(renderExcerpt)}
  </section>`;
}

function frozenFirst(a: string, b: string): number {
  const [heldA, heldB] = [a, b].map((name) => name.startsWith('holdout:'));
  if (heldA !== heldB) return heldA === true ? 1 : -1;
  return a < b ? -1 : 1;
}

function leakingRows(findings: readonly Finding[]): number {
  const leaks = findings.filter((finding) => LEAK_LEVELS.includes(finding.level));
  return new Set(leaks.map((finding) => finding.exampleId)).size;
}

function renderCount({ sampleSet, level, samples, rows }: LevelCount): Html {
  const name = sampleSet.includes(':') ? suiteName(sampleSet) : suiteName(`frozen:${sampleSet}`);
  return html`<tr class="${LEAK_LEVELS.includes(level) ? 'leak' : 'harmless'}">
    <th scope="row">${name}</th>
    <td>${level}</td>
    <td class="number" data-name="samples">${formatCount(samples)}</td>
    <td class="number" data-name="rows">${formatCount(rows)}</td>
    <td>${MEANINGS[level]}</td>
  </tr>`;
}

/** What was seen and is no finding; a reader may want to look at it. */
function renderUncounted(books: readonly Books[]): Html | null {
  const notes = books.find(({ stage }) => stage === 'decontaminate')?.notes ?? {};
  const lines = (names: Readonly<Record<'excused' | 'template', string>>): readonly string[] =>
    uncountedLines({
      excusedMatches: notes[names.excused] ?? 0,
      templateRows: notes[names.template] ?? 0,
    });
  const ofModel = (
    model: string,
    names: Readonly<Record<'excused' | 'template', string>>,
  ): readonly string[] => {
    const found = lines(names);
    return found.length === 0 ? [] : [`Of the ${model}'s training files:`, ...found];
  };
  const told = [
    ...lines(UNCOUNTED_NOTES),
    ...ofModel('champion', CHAMPION_UNCOUNTED_NOTES),
    ...ofModel('anchor', ANCHOR_UNCOUNTED_NOTES),
  ];
  return told.length === 0 ? null : html`<p class="small">${told.join(' ')}</p>`;
}

function renderNgramRule(rule: NgramRule | null): Html | null {
  if (rule === null) return null;
  return html`<p class="small">
    For comparison: the rule "one shared run of ${rule.words} words is a leak" would have thrown
    away ${formatCount(rule.thrownAway)} of ${counted(rule.samples, 'sample')}.
  </p>`;
}

function renderExcerpt({ finding, ...texts }: Excerpt, position: number): Html {
  const excerpt = excerptPair(
    { text: texts.sampleText, spans: texts.sampleSpans },
    { text: texts.exampleText, spans: texts.exampleSpans },
  );
  const heads = { sample: html`sample`, example: html`row ${finding.exampleId}, left out` };
  return html`<details${position === 0 ? trusted(' open') : ''}>
    <summary>
      ${finding.level}: sample ${finding.sampleId} of ${finding.sampleSet}, covered to
      ${formatShare(finding.levelShare)}, longest run ${counted(finding.longestRun, 'word')}
    </summary>
    ${renderPair(heads, excerpt)}
  </details>`;
}
