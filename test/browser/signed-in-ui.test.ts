import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chromium, type Browser, type Page } from 'playwright-core';
import { readAlias, rollbackAlias } from '../../src/promotion/alias.js';
import { chromiumPath } from '../support/chromium.js';
import {
  ana,
  ben,
  eve,
  paste,
  signedDecision,
  startSignedLoop,
  type SignedLoop,
  type Waiting,
} from '../support/signed-loop.js';
import { sendAgain, sendInDialog } from '../support/update-dialog.js';

const COMPLETED = /"success"/;

/** Signed decisions pasted into the dialog of Temporal's own UI, in a real browser. */
describe("signed decisions in Temporal's web UI", () => {
  let signed: SignedLoop;
  let browser: Browser;
  let page: Page;
  before(async () => {
    signed = await startSignedLoop({ submitterMayApprove: false, required: 2 });
    browser = await chromium.launch({
      executablePath: chromiumPath(),
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
  });
  after(async () => {
    await browser.close();
    await signed.close();
  });

  async function visit({ workflowId }: Waiting): Promise<void> {
    const { uiAddress } = signed.loop.temporal.server;
    await page.goto(`${uiAddress}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`);
    await page.getByRole('button', { name: 'More Actions' }).waitFor();
  }

  /** The server's answer and the dialog itself say why. */
  async function assertSaid(answer: Promise<string>, reason: RegExp): Promise<void> {
    assert.match(await answer, reason);
    await page.locator('dialog[open]').getByText(reason).first().waitFor();
  }

  test('are refused in the dialog with the reason, whatever is wrong with them', async () => {
    const waiting = await signed.open({ candidate: 'ft:ui', submitter: 'ben' });
    const other = await signed.open({ candidate: 'ft:ui', window: '2026-W02', alone: false });
    const good = signedDecision(waiting, ana);
    const { decision, candidate, evidence, champion, approver, reason } = good;
    const past = new Date(Date.now() - 1_000).toISOString();
    const foreign = { evidence: other.subject.evidenceDigest };
    await visit(waiting);
    const forged = signedDecision(waiting, { ...eve, name: 'ana' });
    await assertSaid(sendInDialog(page, forged), /forged: the signature is not that of ana/);
    const table: readonly (readonly [object, RegExp])[] = [
      [{ ...good, decision: 'reject' }, /forged: the signature is not that of ana/],
      [{ ...good, approver: 'carl' }, /forged: the signature is not that of carl/],
      [
        { decision, candidate, evidence, champion, approver, reason },
        /unsigned: approvers have keys/,
      ],
      [signedDecision(waiting, eve), /not on the list of approvers/],
      [signedDecision(waiting, ben), /ben started this run/],
      [signedDecision(waiting, ana, { expires: past }), /too late: this signed decision/],
      [signedDecision(waiting, ana, foreign), /stale: the evidence under review/],
    ];
    for (const [request, why] of table) await assertSaid(sendAgain(page, request), why);
    assert.match(await sendAgain(page, good), COMPLETED);
    await visit(waiting);
    await assertSaid(sendInDialog(page, good), /doubled: ana has approved already/);
    await waiting.handle.terminate();

    const again = await signed.open({
      candidate: 'ft:ui',
      id: 'promotion/triage/ui',
      alone: false,
    });
    await visit(again);
    await assertSaid(sendInDialog(page, good), /replayed: this decision was sent before/);
    assert.equal((await readAlias(signed.loop.project.store, 'triage'))?.version, 1);
    await again.handle.terminate();
    await other.handle.terminate();
  });

  test('promote where two approvers paste what --print wrote, and supersede what waits beside', async () => {
    const waiting = await signed.open({ candidate: 'ft:ui-good' });
    const beside = await signed.open({ candidate: 'ft:ui-beside', window: '2026-W02' });
    const approve = ['approve', 'ft:ui-good', '--reason', 'read it', '--print', '--key'] as const;
    for (const by of [ana, ben]) {
      const { out, err, code } = await signed.holdfast(...approve, signed.keyFile(by));
      assert.equal(code, 0, err);
      await visit(waiting);
      assert.match(await sendInDialog(page, JSON.parse(out) as object), COMPLETED);
    }
    await waiting.handle.result();
    const { store } = signed.loop.project;
    assert.equal((await readAlias(store, 'triage'))?.alias.modelId, 'ft:ui-good');
    await visit(beside);
    await assertSaid(
      sendInDialog(page, signedDecision(beside, ana)),
      /superseded: .*but the champion is now ft:ui-good .version 2/,
    );
  });

  test('after a rollback are refused, and a promotion that is over takes none', async () => {
    const { store } = signed.loop.project;
    const late = await signed.open({ candidate: 'ft:ui-late', deadlineHours: 1 / 3600 });
    const before = await signed.open({
      candidate: 'ft:ui-back',
      champion: 'ft:ui-good',
      version: 2,
      window: '2026-W03',
    });
    await rollbackAlias(store, 'triage', {
      by: 'ana',
      reason: 'worse',
      at: new Date().toISOString(),
    });
    await visit(before);
    await assertSaid(
      sendInDialog(page, signedDecision(before, ana)),
      /superseded: .*version 3.*: it was promoted or rolled back since/,
    );
    await late.handle.result();
    await visit(late);
    await page.getByRole('button', { name: 'More Actions' }).click();
    const item = page.getByRole('menuitem', { name: 'Send an Update' });
    const offered = (await item.count()) > 0 && (await item.first().isEnabled());
    assert.equal(offered, false, 'the UI offers an Update to a promotion that is over');
    await assert.rejects(paste(late, signedDecision(late, ana)), /already completed/);
  });
});
