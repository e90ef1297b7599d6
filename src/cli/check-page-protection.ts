import { harmless } from '../release/report/harmless.js';
import { html, type Html } from '../release/report/html.js';
import { counted, formatCount } from '../release/report/numbers.js';
import type { EvalProtection, Unprotected } from './check-scan.js';
import { PROTECTION } from './protection.js';

/** Samples that nothing can protect and that are named. */
const NAMED = 50;

/** For each eval file, how many of its samples each rule can protect, and which none can. */
export function renderProtections(protections: readonly EvalProtection[]): Html {
  return html`<section aria-labelledby="protection">
    <h2 id="protection">What each rule can protect</h2>
    ${protections.map(renderProtection)}
  </section>`;
}

function renderProtection({ evalSet, samples, coverage, unprotected }: EvalProtection): Html {
  const rules = Object.entries(coverage).filter(([, count]) => count > 0);
  return html`<h3>${harmless(evalSet)}</h3>
    <p class="small">Of its ${counted(samples, 'sample')}, leaks are</p>
    <dl class="bars protection">
      ${rules.map(
        ([rule, count]) =>
          html`<div>
            <dt>${PROTECTION[rule] ?? rule}</dt>
            <dd>
              <svg
                class="bar"
                width="${((count / samples) * 60).toFixed(1)}%"
                aria-hidden="true"
              ></svg>
              ${formatCount(count)}
            </dd>
          </div>`,
      )}
    </dl>
    ${unprotected.length === 0 ? null : renderUnprotected(unprotected)}`;
}

function renderUnprotected(unprotected: readonly Unprotected[]): Html {
  const named = unprotected
    .slice(0, NAMED)
    .map(({ sampleIndex, sampleId }) =>
      sampleId === null
        ? `[${sampleIndex}]`
        : `[${sampleIndex}] ${String(sampleId).slice(0, NAMED)}`,
    );
  const more = unprotected.length > NAMED ? `, and ${unprotected.length - NAMED} more` : '';
  return html`<p class="warning">
    Nothing can protect ${counted(unprotected.length, 'sample')}, which have no word to match on:
    ${harmless(named.join(', '))}${more}.
  </p>`;
}
