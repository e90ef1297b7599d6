import type {
  Comparison,
  Evidence,
  GateCheck,
  GatePolicy,
  SuiteResult,
} from '../../domain/gate.js';
import { reasonList } from './books.js';
import { html, type Html } from './html.js';
import { clopperPearson } from '../../gate/binomial.js';
import { points } from '../../gate/sentences.js';
import { renderJudge } from './judge.js';
import { renderTools } from './tools.js';
import { counted, formatCount, formatShare } from './numbers.js';
import { renderRivals } from './prompting.js';
import { renderReadings } from './readings.js';
import { suiteName } from './verdict.js';

const WIDTH = 600;
const ROW_HEIGHT = 30;
const LABEL_WIDTH = 64;
const AXIS_HEIGHT = 22;

/** Every suite with all samples and clean samples side by side, and the checks of the gate. */
export function renderComparison(evidence: Evidence): Html {
  return html`<section aria-labelledby="comparison">
      <h2 id="comparison">Champion and candidate, sample by sample</h2>
      <p class="small">
        Champion <b>${evidence.champion.modelId}</b>, candidate <b>${evidence.candidate}</b>. Both
        answered the same samples; won and lost count those that only one of them got right. A
        sample is clean when nothing ${trainedOnes(evidence)} was trained on gives it
        away${evidence.lineageKnown ? '' : ', as far as we trained them: what the first champion was trained on is not known'}.
      </p>
      ${evidence.suites.map((suite) => renderSuite(suite, evidence))} ${renderJudge(evidence)}
      ${renderTools(evidence)}
    </section>
    <section aria-labelledby="checks">
      <h2 id="checks">What the gate checked</h2>
      <ul class="checks">
        ${evidence.result.checks.map(renderCheck)}
      </ul>
    </section>`;
}

/** The models whose training files tell which samples are clean. */
function trainedOnes({ anchor }: Evidence): string {
  return anchor === undefined
    ? 'either of them'
    : `either of them, or the first champion ${anchor.modelId},`;
}

function renderCheck(check: GateCheck): Html {
  const mark = { pass: '✓', warn: '!', fail: '✗', inconclusive: '?' }[check.outcome];
  return html`<li class="${check.outcome}">
    <span class="mark" aria-hidden="true">${mark}</span>
    <span
      ><b>${check.name}</b> <span class="outcome">${check.outcome}</span><br />${check.reason}</span
    >
  </li>`;
}

function renderSuite(suite: SuiteResult, { policy, scores }: Evidence): Html {
  const rows = [
    { label: 'all', comparison: suite.all },
    { label: 'clean', comparison: suite.clean },
  ];
  return html`<div class="suite">
    <h3>${suiteName(suite.suite)} <span class="role">${roleOf(suite.suite, policy)}</span></h3>
    <div class="scroll" tabindex="0" role="region" aria-label="Scores on ${suiteName(suite.suite)}">
      <table class="scores">
        <thead>
          <tr>
            <th scope="col">samples</th>
            <th scope="col" class="number">compared</th>
            <th scope="col" class="number">champion</th>
            <th scope="col" class="number">candidate</th>
            <th scope="col" class="number">points</th>
            <th scope="col" class="number">won : lost</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(({ label, comparison }) => renderScores(label, comparison))}
        </tbody>
      </table>
    </div>
    ${renderIntervals(suite, policy)}
    <p class="small">${footnote(suite, barOf(suite.suite, policy))}</p>
    ${renderReadings(scores[suite.suite] ?? [], policy.alpha)} ${renderRivals(suite)}
  </div>`;
}

function renderScores(label: string, comparison: Comparison | null): Html {
  if (comparison === null) {
    return html`<tr class="${label}">
      <th scope="row">${label}</th>
      <td colspan="5">${label === 'clean' ? 'none that may decide' : 'nothing to compare'}</td>
    </tr>`;
  }
  const { count, championScore, candidateScore, difference, wins, losses } = comparison;
  return html`<tr class="${label}">
    <th scope="row">${label}</th>
    <td class="number">${formatCount(count)}</td>
    <td class="number">${formatShare(championScore)}</td>
    <td class="number">${formatShare(candidateScore)}</td>
    <td class="number">${points(difference)}</td>
    <td class="number">${formatCount(wins)} : ${formatCount(losses)}</td>
  </tr>`;
}

function roleOf(suite: string, policy: GatePolicy): string {
  if (matches(policy.superiorityOn, suite)) return 'decides';
  return policy.guards.some((guard) => matches(guard.suite, suite))
    ? 'must not get worse'
    : 'shown only';
}

function matches(name: string, suite: string): boolean {
  return suite === name || (name === 'holdout' && suite.startsWith('holdout:'));
}

const BOUNDS_BY = {
  exact: 'Its bounds are exact, from wins and losses.',
  permutation: 'Its bounds are by permutation: few groups of samples, or few that differ.',
  'cluster-robust': "Its bounds are by Student's t with cluster-robust errors.",
} as const;

/** Which bounds count a cluster more than was seen; in evidence of versions 1 and 2 none does. */
function countedUnseen({ method, detectableMargin, unseen: kind }: Comparison): readonly string[] {
  if (method === 'exact' || detectableMargin === undefined) return [];
  return kind === 'lost'
    ? [
        'The lower bound counts one group of samples more than was seen, lost as a whole; an upper one above zero counts one more, too.',
      ]
    : ['A bound on the far side of zero counts one group of samples more than was seen.'];
}

function footnote(suite: SuiteResult, bar: number | null): string {
  const parts = [
    suite.dirtyCount === 0
      ? 'No sample was dirty.'
      : `Left out of the clean part: ${counted(suite.dirtyCount, 'dirty sample')}.`,
  ];
  const missing = reasonList(suite.missing);
  if (missing !== '') parts.push(`Not compared: ${missing}.`);
  if (suite.clean !== null) {
    parts.push(
      `The smallest difference the clean part could show is about ${(Math.min(1, suite.clean.detectable) * 100).toFixed(1)} points.`,
      BOUNDS_BY[suite.clean.method ?? 'cluster-robust'],
    );
    parts.push(...countedUnseen(suite.clean));
    if (suite.clean.clusterCount < suite.clean.count) parts.push(unseen(suite.clean));
  }
  if (bar !== null && bar !== 0) parts.push(`Dashed: the ${points(bar)} that the gate asks for.`);
  return parts.join(' ');
}

/** What no test of these groups can tell of: losses that none of them has. */
function unseen({ clusterCount, confidence }: Comparison): string {
  const { upper } = clopperPearson(0, clusterCount, 1 - confidence);
  return (
    `The clean part is of ${counted(clusterCount, 'group')} of samples; ` +
    `a kind that is rarer than ${formatShare(upper)} of all groups may not be among them (at ${formatShare(confidence)}).`
  );
}

/** Differences with their one-sided bounds, drawn on one axis; dashed: what the gate asks for. */
export function renderIntervals(suite: SuiteResult, policy: GatePolicy): Html | null {
  const rows = [
    { label: 'all', comparison: suite.all },
    { label: 'clean', comparison: suite.clean },
  ].flatMap(({ label, comparison }) => (comparison === null ? [] : [{ label, comparison }]));
  if (rows.length === 0) return null;
  const bar = barOf(suite.suite, policy);
  const reach = Math.min(
    1,
    Math.max(
      0.01,
      ...rows.flatMap(({ comparison }) => [comparison.lower, comparison.upper].map(Math.abs)),
      Math.abs(bar ?? 0),
    ),
  );
  // No difference of shares is beyond one, whatever a bound from few samples says.
  const x = (value: number): string =>
    position(Math.max(-reach, Math.min(reach, value)), reach).toFixed(1);
  const bottom = rows.length * ROW_HEIGHT + 6;
  return html`<svg
    class="intervals"
    viewBox="0 0 ${WIDTH} ${bottom + AXIS_HEIGHT}"
    role="img"
    aria-label="${rows.map(({ label, comparison }) => describeInterval(label, comparison)).join('; ')}"
  >
    <line class="zero" x1="${x(0)}" x2="${x(0)}" y1="2" y2="${bottom}" />
    ${
      bar === null || bar === 0
        ? null
        : html`<line class="bar" x1="${x(bar)}" x2="${x(bar)}" y1="2" y2="${bottom}" />`
    }
    ${rows.map(({ label, comparison }, index) => drawInterval(label, comparison, index, x))}
    ${[-reach, 0, reach].map((value) => drawTick(value, reach, bottom))}
  </svg>`;
}

function drawInterval(
  label: string,
  { lower, upper, difference }: Comparison,
  index: number,
  x: (value: number) => string,
): Html {
  const y = index * ROW_HEIGHT + 20;
  return html`<g class="${label}">
    <text x="0" y="${y + 5}">${label}</text>
    <line x1="${x(lower)}" x2="${x(upper)}" y1="${y}" y2="${y}" />
    <line x1="${x(lower)}" x2="${x(lower)}" y1="${y - 5}" y2="${y + 5}" />
    <line x1="${x(upper)}" x2="${x(upper)}" y1="${y - 5}" y2="${y + 5}" />
    <circle cx="${x(difference)}" cy="${y}" r="5" />
  </g>`;
}

function drawTick(value: number, reach: number, bottom: number): Html {
  const anchor = value < 0 ? 'start' : value > 0 ? 'end' : 'middle';
  const text = value === 0 ? 'same' : `${points(value)} ${value < 0 ? 'worse' : 'better'}`;
  return html`<text
    class="tick"
    x="${position(value, reach).toFixed(1)}"
    y="${bottom + 17}"
    text-anchor="${anchor}"
    >${text}</text
  >`;
}

function position(value: number, reach: number): number {
  const from = LABEL_WIDTH;
  const to = WIDTH - 8;
  return from + ((value + reach) / (2 * reach)) * (to - from);
}

function barOf(suite: string, policy: GatePolicy): number | null {
  if (matches(policy.superiorityOn, suite)) return policy.minimumDifference;
  const guard = policy.guards.find((one) => matches(one.suite, suite));
  return guard === undefined ? null : -guard.margin;
}

function describeInterval(label: string, { difference, lower, upper }: Comparison): string {
  return `${label} samples: ${points(difference)} points, between ${points(lower)} and ${points(upper)}`;
}
