import type { Locator, Page } from 'playwright-core';

/** Opens «Send an Update» on the page of a promotion, pastes a decision and sends it; gives the server's answer. */
export async function sendInDialog(page: Page, request: object): Promise<string> {
  await page.getByRole('button', { name: 'More Actions' }).click();
  await page.getByRole('menuitem', { name: 'Send an Update' }).click();
  const dialog = page.locator('dialog[open]');
  await dialog.getByTestId('update-select-button').click();
  await dialog.getByRole('option', { name: 'decide' }).click();
  return sendAgain(page, request);
}

/**
 * Pastes and sends in the dialog that is open. Indented JSON stays as it is when the editor loses focus, so
 * that nothing moves under the pointer.
 */
export async function sendAgain(page: Page, request: object): Promise<string> {
  const dialog = page.locator('dialog[open]');
  const editor = dialog.locator('.cm-content[contenteditable="true"]');
  await editor.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(JSON.stringify(request, null, 2));
  await editor.blur();
  const button = dialog.getByTestId('confirm-modal-button');
  await settled(button);
  const answered = page.waitForResponse(
    (response) =>
      response.request().method() === 'POST' && response.url().includes('/update/decide'),
  );
  await button.click();
  return (await answered).text();
}

/** Waits until an element has stayed in its place for three looks in a row. */
async function settled(element: Locator): Promise<void> {
  let last = '';
  for (let same = 0; same < 3;) {
    const box = JSON.stringify(await element.boundingBox());
    same = box === last ? same + 1 : 0;
    last = box;
    await element.page().waitForTimeout(50);
  }
}
