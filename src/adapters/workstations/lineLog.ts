import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';

const kept = 200;
const longest = 1_000;

/** The last lines a process wrote, and a watch on each of them. */
export class LineLog {
  readonly #lines: string[] = [];
  readonly #onAnyLine: (line: string) => void;

  constructor(onAnyLine: (line: string) => void = () => undefined) {
    this.#onAnyLine = onAnyLine;
  }

  follow(stream: Readable, onLine: (line: string) => void = () => undefined): void {
    createInterface({ input: stream }).on('line', (line) => {
      this.#lines.push(line.slice(0, longest));
      if (this.#lines.length > kept) this.#lines.shift();
      this.#onAnyLine(line);
      onLine(line);
    });
  }

  lines(): readonly string[] {
    return [...this.#lines];
  }
}
