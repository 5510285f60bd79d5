/**
 * The gallery: every design of designs.json made by the real server and Blender and shown by our own preview page.
 * out/gallery/gallery.png has the figures side by side at one scale, faces.png each one's visemes and blink.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PreviewSession } from '../../src/adapters/preview/previewSession.ts';
import type { Picture } from '../../src/protocol/preview.ts';
import { Agent } from '../demo/agent.ts';
import { Steps } from '../demo/steps.ts';
import { Sheet } from './sheet.ts';

const root = join(import.meta.dirname, '..', '..');
const out = join(root, 'out', 'gallery');
const steps = new Steps();
const designs = JSON.parse(await readFile(join(import.meta.dirname, 'designs.json'), 'utf8')) as {
  readonly name: string;
}[];

const faces = [null, 'aa', 'ih', 'ou', 'ee', 'oh', 'blink'] as const;
const FACE = { captured: 460, shown: 240, from: { x: 110, y: 156 } };
const COLUMN = 560;
const ROW = 1280;
const PIXELS_PER_METRE = 740;

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const agent = new Agent({
  cli: join(root, 'dist', 'cli.js'),
  out,
  steps,
  env: { AVATAR_FORGE_HOME: join(out, 'workstation'), AVATAR_FORGE_AUDIT: join(out, 'audit.jsonl') },
});
await agent.connect();
await using session = await PreviewSession.open({ pageFolder: join(root, 'dist', 'media') });
const half = Math.ceil(designs.length / 2);
const figureSheet = new Sheet(half * COLUMN, 2 * ROW);
const faceSheet = new Sheet(2 * faces.length * FACE.shown, half * FACE.shown);
try {
  for (const [i, design] of designs.entries())
    await steps.run(design.name, async () => {
      await agent.call('avatar_scaffold', design);
      await agent.call('vrm_export', { name: design.name, armature: design.name });
      const model = await agent.readExport(`${design.name}.vrm`);
      await show(model, design.name, i % half, Math.floor(i / half));
    });
} finally {
  await agent.close();
}
await writeFile(join(out, 'gallery.png'), figureSheet.bytes());
await writeFile(join(out, 'faces.png'), faceSheet.bytes());

interface Shown extends Pick<Picture, 'coveredBox'> {
  readonly png: Buffer;
}

async function show(model: Uint8Array, name: string, column: number, row: number): Promise<void> {
  const { heightM } = await session.load(model, name);
  await session.call('resetExpressions', {});
  await session.call('setPose', { pose: 'relaxed' });
  await session.call('step', { seconds: 1 });
  const side = Math.round(heightM * PIXELS_PER_METRE); // square: framed by its height, however wide it is
  const { png, coveredBox } = await capture('full', side);
  const feet = (coveredBox?.y ?? 0) + (coveredBox?.height ?? side);
  figureSheet.lay(png, Math.round((column + 0.5) * COLUMN - side / 2), (row + 1) * ROW - 40 - feet);
  for (const [j, expression] of faces.entries()) {
    await session.call('resetExpressions', {});
    if (expression !== null) await session.call('setExpression', { name: expression, weight: 1 });
    const { png: face } = await capture('face', FACE.captured);
    const x = (row * faces.length + j) * FACE.shown;
    faceSheet.lay(face, x, column * FACE.shown, FACE.from, FACE.shown);
  }
}

async function capture(framing: 'full' | 'face', side: number): Promise<Shown> {
  await session.call('setCamera', { framing, turnDeg: framing === 'full' ? 20 : 12 });
  const picture = await session.call('capture', { width: side, height: side, transparent: true });
  return { png: Buffer.from(picture.png, 'base64'), coveredBox: picture.coveredBox };
}
