interface Subscription {
  dispose(): void;
}

/** An event in the editor's own form, for what must also run without an editor. */
export type Event<T> = (
  listener: (event: T) => unknown,
  thisArgs?: unknown,
  disposables?: Subscription[],
) => Subscription;

/** Fires events; a listener that throws harms no other. */
export class Emitter<T> {
  readonly #listeners = new Set<(event: T) => void>();

  readonly event: Event<T> = (listener, thisArgs, disposables) => {
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
