import type { Locator } from 'playwright-core';
import type { Editor } from './editor.ts';
import { until } from './until.ts';

/** How long one step in the box may take before it is seen whether the box is still there, in ms. */
const stepMs = 5_000;

/** The box in which the editor asks: for text, or to choose. */
export class QuickInput {
  readonly #editor: Editor;

  constructor(editor: Editor) {
    this.#editor = editor;
  }

  get field(): Locator {
    return this.#editor.page.locator('.quick-input-widget input').first();
  }

  /** The box, asking with these words in its title or prompt. */
  question(words: string | RegExp): Locator {
    return this.#editor.page.locator('.quick-input-widget', { hasText: words }).first();
  }

  /** A row to choose. */
  choice(text: string | RegExp): Locator {
    return this.#editor.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
  }

  /** Answers the question whose prompt has these words. */
  async answer(prompt: string | RegExp, text?: string): Promise<void> {
    await this.question(prompt).waitFor();
    if (text !== undefined) await this.field.fill(text);
    await this.#editor.page.keyboard.press('Enter');
  }

  /**
   * Has a command ask which, chooses the row with this text, and resolves with what comes of it. The box goes when anything else takes
   * the focus, as what is late in a busy window does, and the command is left with nothing: then it is run again.
   */
  async chosen<R>(ask: () => Promise<R | null>, prompt: string, text: string): Promise<R> {
    return until(`an answer to ${prompt}`, async () => {
      const asked = { isOver: false };
      const asking = ask().finally(() => (asked.isOver = true));
      asking.catch(() => undefined); // told below
      const box = this.question(prompt);
      await until(`the question ${prompt}`, async () => asked.isOver || box.isVisible());
      await until(`${text} to be chosen`, async () => asked.isOver || this.#tryChoosing(text, box));
      return asking;
    });
  }

  /** Whether the box took it; it may have gone, or be slow. */
  async #tryChoosing(text: string, box: Locator): Promise<boolean> {
    const timeout = stepMs;
    const focused = this.#editor.page.locator('.quick-input-list .monaco-list-row.focused', {
      hasText: text,
    });
    try {
      await this.field.fill(text, { timeout });
      await focused.waitFor({ timeout });
      await this.field.press('Enter', { timeout });
      await box.waitFor({ state: 'hidden', timeout });
      return true;
    } catch {
      return false;
    }
  }

  /** Has a list opened until it shows this, again where it has gone or came too early; leaves it open. */
  async listed(open: () => unknown, text: string): Promise<void> {
    await until(`${text} in the list`, async () => {
      void open();
      const isListed = await this.choice(text)
        .waitFor({ timeout: stepMs })
        .then(
          () => true,
          () => false,
        );
      if (!isListed) await this.#editor.page.keyboard.press('Escape');
      return isListed;
    });
  }

  /** Runs a command as a person does: by its title, from the palette. */
  async palette(title: string): Promise<void> {
    await this.#editor.page.keyboard.press('F1');
    await this.field.fill(`>${title}`);
    await this.choice(title).click();
  }
}
