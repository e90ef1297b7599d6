import type {
  Comparison,
  Evidence,
  GateCheck,
  GatePolicy,
  SuiteResult,
} from '../../domain/gate.js';
import { reasonList } from './books.js';
import { renderCapped } from './capped-shares.js';
import { html, type Html } from './html.js';
import { clopperPearson } from '../../gate/binomial.js';
import { limitOutlooks } from '../../gate/limit-outlook.js';
import { points } from '../../gate/sentences.js';
import { renderJudge } from './judge.js';
import { renderTools } from './tools.js';
import { counted, formatCount, formatShare } from './numbers.js';
import { renderRivals } from './prompting.js';
import { renderReadings } from './readings.js';
import { barsOf, explainBars, ROLES, rolesOf } from './roles.js';
import { renderSlices } from './slices.js';
import { explainFurtherRows, renderIntervals } from './suite-plots.js';
import { suiteName } from './verdict.js';

/** Every suite with all samples and clean samples side by side, and the checks of the gate. */
export function renderComparison(evidence: Evidence): Html {
  const outlooks = limitOutlooks(evidence);
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
        ${evidence.result.checks.map((check) => renderCheck(check, outlooks.get(check.name)))}
      </ul>
    </section>`;
}

/** The models whose training files tell which samples are clean. */
function trainedOnes({ anchor }: Evidence): string {
  return anchor === undefined
    ? 'either of them'
    : `either of them, or the first champion ${anchor.modelId},`;
}

/** A check with its reason, and what would decide it where the reason does not say so. */
function renderCheck(check: GateCheck, outlook = ''): Html {
  const mark = { pass: '✓', warn: '!', fail: '✗', inconclusive: '?' }[check.outcome];
  return html`<li class="${check.outcome}">
    <span class="mark" aria-hidden="true">${mark}</span>
    <span
      ><b>${check.name}</b> <span class="outcome">${check.outcome}</span
      ><br />${check.reason}${outlook === '' ? null : html`. ${outlook}`}</span
    >
  </li>`;
}

function renderSuite(suite: SuiteResult, evidence: Evidence): Html {
  const { policy, scores } = evidence;
  const rows = [
    { label: 'all', comparison: suite.all },
    { label: 'clean', comparison: suite.clean },
  ];
  return html`<div class="suite">
    <h3>${suiteName(suite.suite)}${renderRoles(suite.suite, policy)}</h3>
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
    <p class="small">${footnote(suite, policy)}</p>
    ${explainFurtherRows(suite, evidence).map((text) => html`<p class="small">${text}</p>`)}
    ${renderCapped(suite, policy)} ${renderSlices(suite, evidence)}
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

/** What a suite is there for, each role by itself. */
function renderRoles(suite: string, policy: GatePolicy): Html {
  const roles = rolesOf(suite, policy).map((role) => ROLES[role]);
  const shown = roles.length === 0 ? ['shown only'] : roles;
  return html`${shown.map((role) => html` <span class="role">${role}</span>`)}`;
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

function footnote(suite: SuiteResult, policy: GatePolicy): string {
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
  return [...parts, ...explainBars(barsOf(suite.suite, policy))].join(' ');
}

/** What no test of these groups can tell of: losses that none of them has. */
function unseen({ clusterCount, confidence }: Comparison): string {
  const { upper } = clopperPearson(0, clusterCount, 1 - confidence);
  return (
    `The clean part is of ${counted(clusterCount, 'group')} of samples; ` +
    `a kind that is rarer than ${formatShare(upper)} of all groups may not be among them (at ${formatShare(confidence)}).`
  );
}
