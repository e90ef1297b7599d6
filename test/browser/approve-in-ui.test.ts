import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { WindowOutcome } from '../../src/domain/contracts.js';
import type { ApprovalRequest, PromotionStatus } from '../../src/domain/promotion.js';
import { STATUS_QUERY } from '../../src/domain/workflow-names.js';
import { readAlias } from '../../src/promotion/alias.js';
import type { RunningWorker } from '../../src/worker.js';
import { chromiumPath } from '../support/chromium.js';
import { startLoop, type Loop } from '../support/loop.js';
import { repositoryRoot } from '../support/paths.js';
import { logLines, MODEL } from '../support/project.js';
import { makeTickets } from '../support/traffic.js';
import { sendAgain, sendInDialog } from '../support/update-dialog.js';

/** Set to a folder's name to keep pictures of the screens, e.g. `docs/screenshots`. */
const PICTURES = process.env['HOLDFAST_PICTURES'];

describe("Temporal's web UI", () => {
  let loop: Loop;
  let worker: RunningWorker;
  let browser: Browser;
  let page: Page;
  let outcome: WindowOutcome;
  before(async () => {
    loop = await startLoop({ firstWindow: '2026-W01', championRows: 10 });
    worker = await loop.startWorker();
    loop.project.writeLog('w1.jsonl', logLines(makeTickets('w1', 240, '2025-12-29', '2026-01-05')));
    outcome = await loop.run('2026-W01');
    browser = await chromium.launch({
      executablePath: chromiumPath(),
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
  });
  after(async () => {
    await browser.close();
    await worker.stop();
    await loop.close();
  });

  async function open(workflowId: string): Promise<void> {
    const { uiAddress } = loop.temporal.server;
    await page.goto(`${uiAddress}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`);
    await page.getByRole('button', { name: 'More Actions' }).waitFor();
  }

  /** Opens the page with the running account, which the UI renders in frames, and gives its text. */
  async function storyWith(sentence: string): Promise<string> {
    await page.getByText('User Metadata').first().click();
    const frames = page.locator('iframe');
    await frames.first().waitFor();
    for (;;) {
      for (const frame of await frames.all()) {
        const body = frame.contentFrame().locator('body');
        const text = await body.innerText().catch(() => '');
        if (text.includes(sentence)) return text;
      }
      await page.waitForTimeout(100);
    }
  }

  async function picture(name: string): Promise<void> {
    if (PICTURES === undefined) return;
    const folder = join(repositoryRoot, PICTURES);
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `${name}.png`) });
  }

  test('tells the story of a week to whoever opens its workflow', async () => {
    await open('week/triage/2026-W01');
    await page.getByText('n-grams and MinHash').first().waitFor();
    await picture('week-history');
    const story = await storyWith('awaiting-approval');
    await picture('week-story');
    for (const told of [
      'ingest: read 240',
      'split: read 240',
      'dedupe: ',
      'decontaminate: ',
      'release ',
      'decision: promote',
    ]) {
      assert.ok(story.includes(told), `${told} is not on the page`);
    }
  });

  test('refuses a decision on stale evidence with the reason, and takes one that fits', async () => {
    const promotionId = outcome.promotionId ?? assert.fail('nothing waits for approval');
    const promotion = loop.client.workflow.getHandle(promotionId);
    const { subject } = await promotion.query<PromotionStatus>(STATUS_QUERY);
    const request: ApprovalRequest = {
      decision: 'approve',
      candidate: subject.candidate,
      evidence: subject.evidenceDigest,
      champion: subject.champion,
      approver: 'operator',
      reason: 'read in the browser',
    };
    await open(promotionId);
    assert.match(await storyWith('a person decides'), /"decision": "approve"/);
    await picture('promotion');
    const refused = await sendInDialog(page, { ...request, evidence: 'of-last-week' });
    assert.match(refused, /stale: the evidence under review/);
    await page.locator('dialog[open]').getByText('stale: the evidence').first().waitFor();
    await picture('refused');
    assert.equal(
      (await readAlias(loop.project.store, MODEL))?.alias.modelId,
      loop.project.championId,
    );

    const accepted = await sendAgain(page, request);
    assert.match(accepted, /UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED/);
    await promotion.result();
    assert.equal((await readAlias(loop.project.store, MODEL))?.alias.modelId, outcome.candidate);
    await open(promotionId);
    await storyWith('promoted');
    await picture('promoted');
  });
});
