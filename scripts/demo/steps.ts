/** One line a step on the terminal, with its time; the same steps go into summary.json. */
export interface Step {
  readonly name: string;
  readonly ms: number;
}

export class Steps {
  readonly done: Step[] = [];
  readonly #colour = process.stdout.isTTY;
  readonly #write: (text: string) => unknown;

  constructor(write: (text: string) => unknown = (text) => process.stdout.write(text)) {
    this.#write = write;
  }

  /** A headline: the prompt that the next steps answer. */
  title(text: string): void {
    this.line(`\n${this.#paint(1, text)}`);
  }

  /** Runs `work` as a step; `note` says in a few words what came out. */
  async run<T>(name: string, work: () => Promise<T>, note: (result: T) => string = () => ''): Promise<T> {
    const start = performance.now();
    try {
      const result = await work();
      const ms = Math.round(performance.now() - start);
      this.done.push({ name, ms });
      this.line(
        `  ${this.#paint(32, '✓')} ${name.padEnd(34)} ${seconds(ms)}  ${this.#paint(2, note(result))}`,
      );
      return result;
    } catch (thrown) {
      this.line(
        `  ${this.#paint(31, '✗')} ${name.padEnd(34)} ${seconds(Math.round(performance.now() - start))}`,
      );
      throw thrown;
    }
  }

  line(text: string): void {
    this.#write(`${text}\n`);
  }

  #paint(code: number, text: string): string {
    return this.#colour && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2).padStart(6)} s`;
}
