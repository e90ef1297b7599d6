import { type Level, LEVEL_ORDER } from '../domain/finding.js';
import { harmless } from '../release/report/harmless.js';
import { html, trusted, type Html } from '../release/report/html.js';
import { formatCount } from '../release/report/numbers.js';
import type { CheckOutcome } from './check-report.js';

/** Eval files that have a box of their own; more would bury the findings. */
const FILTERED_SETS = 24;

interface Choices {
  readonly levels: readonly Level[];
  /** Numbers of eval files with findings. */
  readonly sets: readonly number[];
}

/**
 * Boxes to leave out levels and eval files. They work by the style sheet alone, so that the page needs no script;
 * where there is one level and one file there is nothing to choose.
 */
export function renderFilters(outcome: CheckOutcome): Html | null {
  const { levels, sets } = choicesOf(outcome);
  if (levels.length < 2 && sets.length < 2) return null;
  const byLevel = outcome.tally.samplesByLevel();
  const names = outcome.samples.protection.map(({ evalSet }) => evalSet);
  return html`<section class="filters" aria-label="What is shown">
    ${
      levels.length < 2
        ? null
        : html`<fieldset>
            <legend>levels</legend>
            ${levels.map((level) =>
              renderBox(`level-${level}`, html`${level} (${formatCount(byLevel[level] ?? 0)})`),
            )}
          </fieldset>`
    }
    ${
      sets.length < 2
        ? null
        : html`<fieldset>
            <legend>eval files</legend>
            ${sets.map((set) => renderBox(`set-${set}`, harmless(names[set] ?? '')))}
          </fieldset>`
    }
  </section>`;
}

function renderBox(id: string, label: Html): Html {
  return html`<label
    ><input type="checkbox" id="${id}" checked autocomplete="off" />${label}</label
  >`;
}

/** The rules that hide what is not chosen. Nothing in them comes from data but numbers and names of levels. */
export function filterStyle(outcome: CheckOutcome): Html {
  const { levels, sets } = choicesOf(outcome);
  const rules = [
    ...levels.map((level) => hiding(`level-${level}`, `[data-level="${level}"]`)),
    ...sets.map((set) => hiding(`set-${set}`, `[data-set="${set}"]`)),
  ];
  return trusted(rules.join('\n'));
}

function hiding(id: string, chosen: string): string {
  return `main:has(#${id}:not(:checked)) ${chosen}{display:none}`;
}

function choicesOf({ tally }: CheckOutcome): Choices {
  const samples = tally.samples();
  const sets = [...new Set(samples.map(({ evalNumber }) => evalNumber))].sort((a, b) => a - b);
  return {
    levels: LEVEL_ORDER.filter((level) => samples.some((sample) => sample.level === level)),
    sets: sets.slice(0, FILTERED_SETS),
  };
}
