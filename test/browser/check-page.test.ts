import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, describe, test } from 'node:test';
import { chromium, type Browser, type Page } from 'playwright-core';
import { wordsOf } from '../../src/text/words.js';
import { writeCheckPage } from '../support/check-page.js';
import { chromiumPath } from '../support/chromium.js';
import { repositoryRoot } from '../support/paths.js';

/** Set to a folder's name to keep pictures of the page. */
const PICTURES = process.env['HOLDFAST_PICTURES'];

/** The texts of all marks as the browser has them: by finding, side and mark. Boxes of hidden characters go. */
const MARKED_TEXTS = `[...document.querySelectorAll('article')].map((article) =>
  [...article.querySelectorAll('blockquote')].map((side) =>
    [...side.querySelectorAll('mark')].map((mark) => {
      const copy = mark.cloneNode(true);
      copy.querySelectorAll('.hidden').forEach((box) => box.remove());
      return copy.textContent;
    })))`;

const LIT_COLOURS = `[...document.querySelectorAll('article')]
  .filter((article) => article.textContent.includes('FAMILY'))
  .flatMap((article) => [...article.querySelectorAll('mark.n2')])
  .map((mark) => getComputedStyle(mark).backgroundColor)`;

describe('the page of a check, in a browser', () => {
  let folder = '';
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];
  const requests: string[] = [];
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-page-'));
    const path = await writeCheckPage(folder);
    browser = await chromium.launch({
      executablePath: chromiumPath(),
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    page = await browser.newPage({ viewport: { width: 1300, height: 1000 } });
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => errors.push(message.text()));
    page.on('dialog', (dialog) => {
      errors.push(dialog.message());
      void dialog.dismiss();
    });
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(path).href);
  });
  after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('shows in every mark the words of its fellow', async () => {
    const findings = await page.evaluate<readonly string[][][]>(MARKED_TEXTS);
    assert.equal(findings.length, 10);
    for (const [sample = [], example = []] of findings) {
      assert.ok(sample.length > 0 && sample.length === example.length);
      sample.forEach((text, index) => {
        assert.ok(wordsOf(text).count > 0);
        assert.deepEqual(wordsOf(text).keys, wordsOf(example[index] ?? '').keys, text);
      });
    }
  });

  test('runs no script of a row, breaks no rule of its policy and asks for nothing', async () => {
    assert.equal(await page.locator('script, img, link, iframe').count(), 0);
    const shown = await page.locator('blockquote', { hasText: 'onerror' }).innerText();
    assert.match(
      shown,
      /<img src=x onerror=alert\(1\)> ?please write <script>alert\("x"\)<\/script>/u,
    );
    assert.deepEqual(errors, []);
    assert.equal(requests.length, 1);
  });

  test('lights up both marks of a pair under the pointer', async () => {
    const article = page.locator('article', { hasText: 'FAMILY' });
    const colours = (): Promise<readonly string[]> => page.evaluate(LIT_COLOURS);
    const [before = ''] = await colours();
    await article.locator('mark.n2').first().hover();
    const lit = await colours();
    assert.equal(lit.length, 2);
    assert.ok(lit.every((colour) => colour !== before));
    assert.equal(lit[0], lit[1]);
  });

  test('leaves out a level or an eval file that is not chosen', async () => {
    const visible = async (): Promise<number> => {
      const all = await page.locator('article').all();
      return (await Promise.all(all.map((one) => one.isVisible()))).filter(Boolean).length;
    };
    assert.equal(await visible(), 10);
    await page.getByLabel('verbatim').uncheck();
    assert.equal(await visible(), 5);
    await page.getByLabel('verbatim').check();
    await page.getByLabel('more.jsonl').uncheck();
    assert.equal(await visible(), 9);
    await page.getByLabel('more.jsonl').check();
    assert.equal(await visible(), 10);
  });

  test('fits wide and narrow screens, light and dark, and paper', async () => {
    for (const [width, colorScheme, media] of [
      [1300, 'light', 'screen'],
      [1300, 'dark', 'screen'],
      [360, 'light', 'screen'],
      [800, 'light', 'print'],
    ] as const) {
      await page.setViewportSize({ width, height: 1000 });
      await page.emulateMedia({ colorScheme, media });
      const name = `check-page-${width}-${colorScheme}-${media}`;
      const overflow = await page.evaluate<number>(
        'document.documentElement.scrollWidth - innerWidth',
      );
      assert.ok(overflow <= 0, `${name} is ${overflow} pixels too wide`);
      const [left, right] = await page.locator('article').first().locator('figure').all();
      const boxes = [await left?.boundingBox(), await right?.boundingBox()];
      const isBeside = boxes[0]?.y === boxes[1]?.y;
      assert.equal(isBeside, width > 360, name);
      if (PICTURES === undefined) continue;
      mkdirSync(join(repositoryRoot, PICTURES), { recursive: true });
      await page.screenshot({
        path: join(repositoryRoot, PICTURES, `${name}.png`),
        fullPage: true,
      });
    }
  });
});
