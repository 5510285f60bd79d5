import type { ControlNews } from '../../protocol/control.ts';

/** How many tools are at work, by the server that said so: what a server began ends with it. */
export class Activity {
  readonly #running = new Map<object, string[]>();

  /** The tool that began last and still runs, or null. */
  get current(): string | null {
    return [...this.#running.values()].flat().at(-1) ?? null;
  }

  note({ tool, state }: ControlNews['activity'], source: object): void {
    const tools = this.#running.get(source) ?? [];
    if (state === 'started') {
      this.#running.set(source, [...tools, tool]);
      return;
    }
    const at = tools.indexOf(tool);
    this.#running.set(source, at < 0 ? tools : tools.toSpliced(at, 1));
  }

  forget(source: object): void {
    this.#running.delete(source);
  }
}
