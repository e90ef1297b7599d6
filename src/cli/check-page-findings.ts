import { harmless } from '../release/report/harmless.js';
import { html, type Html } from '../release/report/html.js';
import { counted, formatCount } from '../release/report/numbers.js';
import { renderPair } from '../release/report/pair.js';
import type { NameOf } from './place-names.js';
import { percentOf, type SampleHits, shareOf } from './sample-hits.js';
import type { ShownFinding } from './worst-findings.js';

/** Samples that are named without their texts. */
const NAMED = 1_000;

/** Every sample that was hit: the weightiest with both texts, the next named, all others counted. */
export function renderFindings(
  shown: readonly ShownFinding[],
  samples: readonly SampleHits[],
  nameOf: NameOf,
): Html | null {
  if (shown.length === 0) return null;
  const withTexts = new Set(shown.map(({ hits }) => hits));
  const others = samples.filter((sample) => !withTexts.has(sample));
  return html`<section class="findings" aria-labelledby="findings">
      <h2 id="findings">What was found where</h2>
      <p class="small">
        Ordered by level, by how much of the sample is there, and by how many rows hold it. Words
        that both have are marked; a pointer on a mark shows its fellow.
      </p>
      ${shown.map((finding) => renderFinding(finding, nameOf))}
    </section>
    ${others.length === 0 ? null : renderOthers(others, nameOf)}`;
}

function renderFinding(shown: ShownFinding, nameOf: NameOf): Html {
  const { hits, finding, excerpt, examplePlace } = shown;
  const { sampleId, exampleId, longestRun, similarity } = finding;
  const heads = {
    sample: renderHead('sample', nameOf(hits.samplePlace), sampleId, null),
    example: renderHead('row', nameOf(examplePlace), exampleId, finding.examplePart),
  };
  return html`<article data-level="${hits.level}" data-set="${hits.evalNumber}">
    <h3>
      <span class="level ${finding.level}">${finding.level}</span>
      ${shareOf(finding)}
    </h3>
    <p class="small">
      longest run ${counted(longestRun, 'word')}, similarity ${similarity.toFixed(2)}, found by
      ${finding.rules.join(', ')}
    </p>
    ${renderPair(heads, excerpt)} ${renderOtherRows(hits, nameOf(examplePlace), nameOf)}
  </article>`;
}

function renderHead(
  what: string,
  place: string,
  id: string | number | null,
  part: string | null,
): Html {
  const named = id === null ? null : html`, id ${harmless(shortened(String(id)))}`;
  const placed = part === null || part === 'prompt' ? null : html`, ${part}`;
  return html`${what} <b>${harmless(place)}</b>${named}${placed}`;
}

const LONGEST_ID = 80;

function shortened(id: string): string {
  return id.length <= LONGEST_ID ? id : `${id.slice(0, LONGEST_ID)}…`;
}

function renderOtherRows({ rows, places }: SampleHits, shown: string, nameOf: NameOf): Html | null {
  if (rows < 2) return null;
  const named = places.map(nameOf).filter((place) => place !== shown);
  const rest = rows - 1 - named.length;
  const more = rest > 0 ? `, and ${formatCount(rest)} more` : '';
  return html`<p class="others">
    <b>and in ${counted(rows - 1, 'more row', 'more rows')}:</b>
    ${harmless(named.join(', '))}${more}
  </p>`;
}

function renderOthers(others: readonly SampleHits[], nameOf: NameOf): Html {
  const named = others.slice(0, NAMED);
  const rest = others.length - named.length;
  return html`<section aria-labelledby="others">
    <h2 id="others">${counted(others.length, 'more sample')}</h2>
    <p class="small">
      Without their texts${rest > 0 ? `; ${formatCount(rest)} of them are not named either` : ''}.
      The file of <code>--evidence</code> has every finding.
    </p>
    <details>
      <summary>which and where</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="More samples">
        <table>
          <thead>
            <tr>
              <th scope="col">sample</th>
              <th scope="col">level</th>
              <th scope="col" class="number">share</th>
              <th scope="col" class="number">rows</th>
              <th scope="col">first in</th>
            </tr>
          </thead>
          <tbody>
            ${named.map((sample) => renderOther(sample, nameOf))}
          </tbody>
        </table>
      </div>
    </details>
  </section>`;
}

function renderOther(sample: SampleHits, nameOf: NameOf): Html {
  const [first] = sample.places;
  return html`<tr data-level="${sample.level}" data-set="${sample.evalNumber}">
    <td>${harmless(nameOf(sample.samplePlace))}</td>
    <td>${sample.level}</td>
    <td class="number">${percentOf(sample.levelShare)} %</td>
    <td class="number">${formatCount(sample.rows)}</td>
    <td>${first === undefined ? null : harmless(nameOf(first))}</td>
  </tr>`;
}
