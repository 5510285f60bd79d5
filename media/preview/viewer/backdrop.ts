/** What stands behind and under the model: a soft studio wall, and the shadow it touches the ground with. */
import { GLSL3, Mesh, PlaneGeometry, RawShaderMaterial } from 'three';
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

export function paintWall(context: CanvasRenderingContext2D, { width, height }: Size, wall: Wall): void {
  const { centre, edge } = WALLS[wall];
  const [x, y] = [width / 2, height * 0.45];
  const glow = context.createRadialGradient(x, y, 0, x, y, 0.78 * Math.max(width, height));
  glow.addColorStop(0, centre);
  glow.addColorStop(1, edge);
  context.fillStyle = glow;
  context.fillRect(0, 0, width, height);
}

/** Where the ground is dark: 42 % at the middle, which is below one half, above which a pixel counts as the model's. */
const SHADOW = {
  vertexShader: `
    in vec3 position;
    uniform mat4 modelViewMatrix, projectionMatrix;
    out vec2 place;
    void main() {
      place = 2.0 * position.xy;
      gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
    }`,
  fragmentShader: `
    precision highp float;
    in vec2 place;
    out vec4 colour;
    void main() {
      float off = min(length(place), 1.0);
      float dark = off < 0.35 ? mix(0.42, 0.22, off / 0.35) : mix(0.22, 0.0, (off - 0.35) / 0.65);
      colour = vec4(vec3(38.0, 44.0, 66.0) / 255.0, dark);
    }`,
};

/** A disc of one metre; scale it to the model's stance. */
export function createGroundShadow(): Mesh {
  const material = new RawShaderMaterial({
    ...SHADOW,
    glslVersion: GLSL3,
    transparent: true,
    depthWrite: false,
  });
  const shadow = new Mesh(new PlaneGeometry(1, 1), material);
  shadow.rotation.x = -Math.PI / 2;
  shadow.renderOrder = -1;
  return shadow;
}
