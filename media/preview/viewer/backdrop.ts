/** What stands behind and under the model: a soft studio wall, and the shadow it touches the ground with. */
import { CanvasTexture, Mesh, MeshBasicMaterial, PlaneGeometry, SRGBColorSpace } from 'three';
import type { Size } from '../../../src/protocol/preview.ts';

/** On the screen the page's style paints the same walls behind the canvas. */
const WALLS = {
  studio: { centre: '#f6f7fb', edge: '#bcc5d8' },
  dark: { centre: '#3a4050', edge: '#14171f' },
  white: { centre: '#ffffff', edge: '#ffffff' },
  key: { centre: '#00b140', edge: '#00b140' },
} as const;

export type Wall = keyof typeof WALLS;
export const WALL_NAMES = ['studio', 'dark', 'white', 'key'] as const satisfies readonly Wall[];

/** Below one half everywhere: what counts as covered by the model is above it. */
const SHADOW = [
  { at: 0, colour: 'rgba(38, 44, 66, 0.42)' },
  { at: 0.35, colour: 'rgba(38, 44, 66, 0.22)' },
  { at: 1, colour: 'rgba(38, 44, 66, 0)' },
];

export function paintWall(context: CanvasRenderingContext2D, { width, height }: Size, wall: Wall): void {
  const { centre, edge } = WALLS[wall];
  const [x, y] = [width / 2, height * 0.45];
  const glow = context.createRadialGradient(x, y, 0, x, y, 0.78 * Math.max(width, height));
  glow.addColorStop(0, centre);
  glow.addColorStop(1, edge);
  context.fillStyle = glow;
  context.fillRect(0, 0, width, height);
}

/** A disc of one metre; scale it to the model's stance. */
export function createGroundShadow(): Mesh {
  const size = 256;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('The browser gives no 2D canvas.');
  const soft = context.createRadialGradient(size / 2, size / 2, 0, size / 2, size / 2, size / 2);
  for (const { at, colour } of SHADOW) soft.addColorStop(at, colour);
  context.fillStyle = soft;
  context.fillRect(0, 0, size, size);
  const map = new CanvasTexture(canvas);
  map.colorSpace = SRGBColorSpace;
  const shadow = new Mesh(
    new PlaneGeometry(1, 1),
    new MeshBasicMaterial({ map, transparent: true, depthWrite: false, toneMapped: false }),
  );
  shadow.rotation.x = -Math.PI / 2;
  shadow.renderOrder = -1;
  return shadow;
}
