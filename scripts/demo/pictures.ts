import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderPreview, type Shot } from '../../src/adapters/preview/renderPreview.ts';

const faces = ['aa', 'ih', 'ou', 'ee', 'oh', 'blink', 'happy'];

type FileShot = Shot & { readonly file: string };

const stills: readonly FileShot[] = [
  {
    file: 'preview.png',
    camera: { framing: 'full', turnDeg: 20 },
    size: { width: 720, height: 960 },
    expression: 'aa',
  },
  {
    file: 'preview-aa.png',
    camera: { framing: 'face', turnDeg: 12 },
    size: { width: 480, height: 480 },
    expression: 'aa',
  },
  ...faces.slice(1).map((expression) => ({
    file: `preview-${expression}.png`,
    camera: { framing: 'face' as const, turnDeg: 12 },
    size: { width: 480, height: 480 },
    expression,
  })),
];

export interface PreviewSummary {
  readonly pictures: readonly string[];
  readonly renderer: string;
  readonly bones: readonly string[];
  /** What speech, blinking and a smile do on the model that three-vrm shows. */
  readonly expressions: Readonly<
    Record<string, { movedVertices: number; maxDeltaMm: number; changedPixels: number }>
  >;
}

/** Shows the model in our own preview page in Chromium, speaking and waving, and measures what they move. */
export async function preview(
  model: string,
  wave: Uint8Array,
  pageFolder: string,
  out: string,
): Promise<PreviewSummary> {
  const waving: FileShot = {
    file: 'preview-wave.png',
    camera: { framing: 'full', turnDeg: 20 },
    size: { width: 720, height: 960 },
    movement: { bytes: wave, seconds: 1.7 },
  };
  const shots = [...stills, waving];
  const { loaded, pictures, measurements, renderer } = await renderPreview({
    model: await readFile(model),
    pageFolder,
    shots,
    measure: faces,
  });
  for (const [index, { png }] of pictures.entries())
    await writeFile(join(out, shots[index]?.file ?? ''), png);
  return {
    pictures: shots.map(({ file }) => file),
    renderer,
    bones: loaded.bones,
    expressions: Object.fromEntries(
      measurements.map(({ name, movedVertices, maxDeltaM, changedPixels }) => [
        name,
        { movedVertices, maxDeltaMm: Math.round(maxDeltaM * 1e5) / 100, changedPixels },
      ]),
    ),
  };
}
