import type { Locator } from 'playwright-core';
import type { Editor } from './editor.ts';
import { until } from './until.ts';

/**
 * Waits until the editor has told this. Toasts hide by themselves, and the fourth of a burst is none: what is not to be seen soon is
 * looked for in the list of all notifications.
 */
export async function notification(editor: Editor, text: string | RegExp): Promise<Locator> {
  const item = editor.page.locator('.notification-list-item', { hasText: text }).first();
  const isShown = async (ms: number) =>
    item.waitFor({ timeout: ms }).then(
      () => true,
      () => false,
    );
  if (!(await isShown(5_000))) {
    await until(`the notification ${text}`, async () => {
      await editor.command('notifications.showList');
      return isShown(1_000);
    });
  }
  return item;
}

/** The same; returns all that it says. */
export async function notified(editor: Editor, text: string | RegExp): Promise<string> {
  return (await notification(editor, text)).innerText();
}
