import type { PairedScore } from '../../domain/gate.js';
import { distance, points } from '../../gate/sentences.js';
import {
  type LeakGap,
  type LeakReadings,
  type Reading,
  readingsOf,
  type Spread,
} from '../../gate/readings.js';
import { html, type Html } from './html.js';
import { counted, formatCount, formatShare } from './numbers.js';

/** What the leaks of a suite do to its scores, read with and without kin, beside a control; nothing where there are none. */
export function renderReadings(scores: readonly PairedScore[], alpha: number): Html | null {
  const readings = readingsOf(scores, alpha);
  if (readings === null) return null;
  const { all, leaked, clean, withoutKin, control } = readings;
  return html`<details class="readings">
    <summary>What leaks do to these scores</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Scores with and without leaks">
      <table class="scores">
        <thead>
          <tr>
            <th scope="col">samples</th>
            <th scope="col" class="number">number</th>
            <th scope="col" class="number">champion</th>
            <th scope="col" class="number">candidate</th>
          </tr>
        </thead>
        <tbody>
          ${renderReading('all', all)} ${renderReading('leaked', leaked)}
          ${renderReading('without leaks', clean)}
          ${withoutKin === null ? null : renderReading('without leaks and their kin', withoutKin)}
          <tr>
            <th scope="row">without as many at random</th>
            <td class="number">${formatCount(control.count)}</td>
            <td class="number">${spreadText(control.champion)}</td>
            <td class="number">${spreadText(control.candidate)}</td>
          </tr>
        </tbody>
      </table>
    </div>
    <p class="small">
      ${memoryText('champion', readings)} ${memoryText('candidate', readings)} Kin differ from a row
      in numbers, names or options alone, and are no leaks. At random: between these scores lie 95 %
      of all ways to leave out ${counted(all.count - control.count, 'sample')}. What is decided
      rests on the samples without leaks.
    </p>
  </details>`;
}

function renderReading(label: string, { count, champion, candidate }: Reading): Html {
  return html`<tr>
    <th scope="row">${label}</th>
    <td class="number">${formatCount(count)}</td>
    <td class="number">${formatShare(champion)}</td>
    <td class="number">${formatShare(candidate)}</td>
  </tr>`;
}

function spreadText({ low, high }: Spread): string {
  return `${formatShare(low)} to ${formatShare(high)}`;
}

function memoryText(model: 'champion' | 'candidate', { gap, leaked, clean }: LeakReadings): string {
  const scores = `${formatShare(leaked[model])} of the leaked samples and ${formatShare(clean[model])} of the others`;
  return `The ${model} is right on ${scores}: ${verdictOf(gap[model])}.`;
}

function verdictOf({ difference, lower, inflation, isAlarming }: LeakGap): string {
  if (lower <= 0) return `${points(difference)} points, which may be chance`;
  const apart = `${points(difference)} points, at least ${points(lower)}`;
  return isAlarming
    ? `${apart}, so that its score on all samples is ${distance(inflation)} points of memory above that on the clean ones`
    : apart;
}
