import type * as vscode from 'vscode';

/** Events in the editor's own form, for what must also run without an editor. A listener that throws harms no other. */
export class Emitter<T> {
  readonly #listeners = new Set<(event: T) => void>();

  readonly event: vscode.Event<T> = (listener, thisArgs?: unknown, disposables?: vscode.Disposable[]) => {
    const bound = (event: T): void => void listener.call(thisArgs, event);
    this.#listeners.add(bound);
    const subscription = { dispose: () => void this.#listeners.delete(bound) };
    disposables?.push(subscription);
    return subscription;
  };

  fire(event: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch (thrown) {
        queueMicrotask(() => {
          throw thrown;
        });
      }
    }
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
