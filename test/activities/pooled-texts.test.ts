import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { askedSamples } from '../../activities/samples.js';
import { POOLED_SUITE } from '../../src/domain/pool.js';
import type { Example } from '../../src/domain/record.js';
import { comparedBehindVersion } from '../../src/ingest/comparison.js';
import { loadReportData } from '../../src/release/load-report.js';
import { isMeasured, renderModelCard } from '../../src/release/model-card.js';
import type { ReportData } from '../../src/release/report.js';
import type { BuiltWindow } from '../support/data-path.js';
import type { MeasuredWindow } from '../support/measure-window.js';
import {
  addressed,
  buildRedacted,
  openPooledWeeks,
  type PooledWeeks,
  scoredIds,
} from '../support/pooled-weeks.js';
import type { Ticket } from '../support/traffic.js';

const ADDRESS = /anna\.schmidt\S*@example\.org/g;

describe('report and model card of a pool over weeks that kept e-mail addresses, and one that masks them', () => {
  let weeks: PooledWeeks;
  afterEach(() => weeks.close());

  /** Two weeks that keep addresses, and a third that masks them and decides. */
  async function threeWeeks(
    change: (ticket: Ticket) => Ticket,
  ): Promise<{ first: BuiltWindow; measured: MeasuredWindow; data: ReportData }> {
    const first = await buildRedacted(weeks, 0, 'keep', change);
    await buildRedacted(weeks, 1, 'keep', change);
    const third = await buildRedacted(weeks, 2, 'mask', change);
    const measured = await weeks.measure(third);
    assert.ok(scoredIds(measured.evidence).length > 37);
    const data = await loadReportData(weeks.path.deps.store, {
      release: third.release,
      evidenceDigest: measured.evidenceDigest,
      manifestKey: third.input.manifestKey,
      comparedBehind: comparedBehindVersion,
      askedSamples,
    });
    return { first, measured, data };
  }

  test('show none that models were asked masked', async () => {
    weeks = await openPooledWeeks();
    const { measured, data } = await threeWeeks((ticket) => ({
      ...ticket,
      text: `write to anna.schmidt${ticket.id}@example.org ${ticket.text}`,
    }));
    assert.ok(isMeasured(data));
    const shown = data.examples.filter(({ suite }) => suite === POOLED_SUITE);
    assert.ok(shown.some(({ sampleId }) => sampleId.startsWith('w0-')));
    assert.ok(shown.every(({ prompt }) => /^write to \[EMAIL_1\] \w/.test(prompt)));
    const asked = weeks.asked.map(({ body }) => JSON.stringify(body)).join('');
    for (const text of [asked, measured.report, renderModelCard(data)]) {
      assert.deepEqual(text.match(ADDRESS), null);
    }
  });

  test('show samples whose ids were addresses and are hashed by now', async () => {
    weeks = await openPooledWeeks();
    const { first, measured, data } = await threeWeeks(addressed);
    assert.ok(scoredIds(measured.evidence).every((id) => !id.includes('@')));
    const prompts = (await first.read<Example>('holdout')).map(
      ({ messages }) => messages.at(-1)?.content ?? '',
    );
    const ofFirst = (data.examples ?? []).filter(({ prompt }) => prompts.includes(prompt));
    assert.ok(ofFirst.length > 0);
    assert.ok(ofFirst.every(({ championAnswer }) => championAnswer !== ''));
  });
});
