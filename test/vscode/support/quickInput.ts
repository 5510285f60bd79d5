import type { Locator } from 'playwright-core';
import type { Editor } from './editor.ts';

/** The box in which the editor asks: for text, or to choose. */
export class QuickInput {
  readonly #editor: Editor;

  constructor(editor: Editor) {
    this.#editor = editor;
  }

  get field(): Locator {
    return this.#editor.page.locator('.quick-input-widget input').first();
  }

  /** A row to choose. */
  choice(text: string | RegExp): Locator {
    return this.#editor.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
  }

  /** Answers the question whose prompt has these words. */
  async answer(prompt: string | RegExp, text?: string): Promise<void> {
    await this.#editor.page.locator('.quick-input-widget', { hasText: prompt }).first().waitFor();
    if (text !== undefined) await this.field.fill(text);
    await this.#editor.page.keyboard.press('Enter');
  }

  /** Runs a command as a person does: by its title, from the palette. */
  async palette(title: string): Promise<void> {
    await this.#editor.page.keyboard.press('F1');
    await this.field.fill(`>${title}`);
    await this.choice(title).click();
  }
}
