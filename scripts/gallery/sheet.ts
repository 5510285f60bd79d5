import { PNG } from 'pngjs';

const BACKGROUND = [226, 230, 240] as const;

/** A picture that others are laid on. */
export class Sheet {
  readonly #picture: PNG;

  constructor(width: number, height: number) {
    this.#picture = new PNG({ width, height });
    for (let i = 0; i < this.#picture.data.length; i += 4) this.#picture.data.set([...BACKGROUND, 255], i);
  }

  /** Lays the part of a PNG that begins at `from` over the sheet; its corner goes to (x, y). */
  lay(png: Uint8Array, x: number, y: number, from = { x: 0, y: 0 }, size?: number): void {
    const over = PNG.sync.read(Buffer.from(png));
    const sheet = this.#picture;
    for (let row = 0; row < (size ?? over.height); row++)
      for (let column = 0; column < (size ?? over.width); column++) {
        const [toX, toY] = [x + column, y + row];
        if (toX < 0 || toY < 0 || toX >= sheet.width || toY >= sheet.height) continue;
        const source = ((from.y + row) * over.width + from.x + column) * 4;
        const target = (toY * sheet.width + toX) * 4;
        const alpha = (over.data[source + 3] ?? 0) / 255;
        for (let c = 0; c < 3; c++) {
          const under = sheet.data[target + c] ?? 0;
          sheet.data[target + c] = under + ((over.data[source + c] ?? 0) - under) * alpha;
        }
      }
  }

  bytes(): Uint8Array {
    return PNG.sync.write(this.#picture);
  }
}
