/** Tells when nobody was there for long. */
export class IdleWatch {
  readonly #idleMs: number;
  readonly #onIdle: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param idleMs 0: never. It begins without anybody. */
  constructor(idleMs: number, onIdle: () => void) {
    this.#idleMs = idleMs;
    this.#onIdle = onIdle;
    this.changed(0);
  }

  /** To be told how many are there, whenever that changes; and again after an idleness that was not acted upon. */
  changed(clients: number): void {
    clearTimeout(this.#timer);
    if (clients === 0 && this.#idleMs > 0) this.#timer = setTimeout(this.#onIdle, this.#idleMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
