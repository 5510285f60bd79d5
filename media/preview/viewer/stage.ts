/** Renderer, lights, camera and backdrop: everything but the model. */
import type { VRMFirstPerson } from '@pixiv/three-vrm';
import { Group, PerspectiveCamera, Scene, SRGBColorSpace, Vector2, Vector3, WebGLRenderer } from 'three';
import type { Object3D } from 'three';
import { OrbitControls } from 'three/examples/jsm/controls/OrbitControls.js';
import type { Size } from '../../../src/protocol/preview.ts';
import { createGroundShadow } from './backdrop.ts';
import { FIELD_OF_VIEW_DEG } from './framing.ts';
import type { Shot } from './framing.ts';
import { lightsOf } from './lights.ts';
import type { Lighting } from './lights.ts';

/** More is not seen and costs time. */
const MAX_PIXEL_RATIO = 2;

export class Stage {
  readonly controls: OrbitControls;
  readonly renderer: WebGLRenderer;
  /** Two models that are shown side by side, each for its half; else whatever is on the stage is shown whole. */
  halves: readonly [Object3D, Object3D] | null = null;
  readonly #camera = new PerspectiveCamera(FIELD_OF_VIEW_DEG);
  readonly #scene = new Scene();
  readonly #shadow = createGroundShadow();
  /** Lights stand around the camera, so that a figure that is turned stays lit. */
  readonly #lights = new Group();
  /** Where the mouse is over the canvas: -1 to 1, up and right. */
  readonly #pointer = new Vector2();
  #lighting: Lighting = 'studio';

  constructor(canvas: HTMLCanvasElement) {
    this.renderer = new WebGLRenderer({
      canvas,
      antialias: true,
      alpha: true,
      powerPreference: 'high-performance',
    });
    this.renderer.outputColorSpace = SRGBColorSpace;
    this.#scene.add(this.#camera, this.#lights, this.#shadow);
    this.lighting = 'studio';
    canvas.addEventListener('pointermove', ({ offsetX, offsetY }) => {
      this.#pointer.set((2 * offsetX) / canvas.clientWidth - 1, 1 - (2 * offsetY) / canvas.clientHeight);
    });
    this.controls = new OrbitControls(this.#camera, canvas);
    this.controls.enableDamping = false;
    this.fit(); // takes a moment, which a model that is on its way does not wait for
  }

  get canvas(): HTMLCanvasElement {
    return this.renderer.domElement;
  }

  get aspect(): number {
    const { width, height } = this.canvas;
    return height === 0 ? 1 : width / (this.halves === null ? 1 : 2) / height;
  }

  /** The graphics driver's own name for itself. */
  get rendererName(): string {
    const gl = this.renderer.getContext();
    const info = gl.getExtension('WEBGL_debug_renderer_info');
    return String(gl.getParameter(info === null ? gl.RENDERER : info.UNMASKED_RENDERER_WEBGL));
  }

  /** Of the last picture: the model's own, the shadow counted in. */
  get drawCalls(): number {
    return this.renderer.info.render.calls;
  }

  get textures(): number {
    return this.renderer.info.memory.textures;
  }

  add(model: Object3D): void {
    this.#scene.add(model);
  }

  remove(model: Object3D): void {
    this.#scene.remove(model);
  }

  /** `width` and `depth` of the figure's stance in metres, `x` and `z` its middle. */
  placeShadow(at: {
    readonly x: number;
    readonly z: number;
    readonly width: number;
    readonly depth: number;
  }): void {
    this.#shadow.position.set(at.x, 0, at.z);
    this.#shadow.scale.set(at.width, at.depth, 1);
  }

  /** As the camera stands now, the user's own turns and zooms in it. */
  get view(): Shot {
    const { position, near, far } = this.#camera;
    return { position: position.clone(), target: this.controls.target.clone(), near, far };
  }

  look({ position, target, near, far }: Shot): void {
    this.#camera.position.set(position.x, position.y, position.z);
    this.#camera.near = near;
    this.#camera.far = far;
    this.controls.target.set(target.x, target.y, target.z);
    this.controls.update();
  }

  /** The canvas as large as it is shown. */
  fit(): void {
    const ratio = Math.min(window.devicePixelRatio, MAX_PIXEL_RATIO);
    this.resize({ width: this.canvas.clientWidth * ratio, height: this.canvas.clientHeight * ratio });
  }

  /** Pixels, whatever the screen's ratio. */
  resize(size: Size): void {
    const width = Math.max(1, Math.round(size.width));
    const height = Math.max(1, Math.round(size.height));
    if (width !== this.canvas.width || height !== this.canvas.height)
      this.renderer.setSize(width, height, false);
  }

  get lighting(): Lighting {
    return this.#lighting;
  }

  set lighting(lighting: Lighting) {
    this.#lighting = lighting;
    this.#lights.clear();
    this.#lights.add(...lightsOf(lighting));
  }

  cameraPosition(into: Vector3): void {
    into.copy(this.#camera.position);
  }

  /** The point under the mouse on a plane that lies `share` of the way from the camera to `place`. */
  pointerNear(place: Vector3, share: number): Vector3 {
    const forward = this.#camera.getWorldDirection(new Vector3());
    const distance = share * forward.dot(place.clone().sub(this.#camera.position));
    const ray = new Vector3(this.#pointer.x, this.#pointer.y, 0.5).unproject(this.#camera);
    ray.sub(this.#camera.position).normalize();
    return ray.multiplyScalar(distance / ray.dot(forward)).add(this.#camera.position);
  }

  /** Turns round what is looked at: degrees to its left, and up. */
  orbit(turnDeg: number, upDeg: number): void {
    const offset = this.#camera.position.clone().sub(this.controls.target);
    offset.applyAxisAngle(new Vector3(0, 1, 0), (turnDeg * Math.PI) / 180);
    const side = new Vector3(0, 1, 0).cross(offset).normalize();
    const turned = offset.clone().applyAxisAngle(side, (-upDeg * Math.PI) / 180);
    const steep = Math.abs(turned.clone().normalize().y) > 0.98;
    this.#camera.position.copy(this.controls.target).add(steep ? offset : turned);
    this.controls.update();
  }

  /** Below 1 is nearer. */
  dolly(factor: number): void {
    const offset = this.#camera.position.clone().sub(this.controls.target).multiplyScalar(factor);
    this.#camera.position.copy(this.controls.target).add(offset);
    this.controls.update();
  }

  /** Through the eyes of a model: wide, and without its head; null goes back to the outside. */
  lookThrough(wideDeg: number | null, person: VRMFirstPerson | null): void {
    this.#camera.fov = wideDeg ?? FIELD_OF_VIEW_DEG;
    const [own, others] = [person?.firstPersonOnlyLayer ?? 9, person?.thirdPersonOnlyLayer ?? 10];
    this.#camera.layers.enable(wideDeg === null ? others : own);
    this.#camera.layers.disable(wideDeg === null ? own : others);
  }

  /** Draws on a transparent ground: the wall is painted behind the canvas. */
  render(shadow = true): void {
    this.#shadow.visible = shadow && this.halves === null;
    this.#camera.aspect = this.aspect;
    this.#camera.updateProjectionMatrix();
    const ahead = new Vector3().subVectors(this.#camera.position, this.controls.target);
    this.#lights.rotation.y = Math.atan2(ahead.x, ahead.z);
    if (this.halves === null) {
      this.renderer.render(this.#scene, this.#camera);
      return;
    }
    const { width, height } = this.canvas;
    this.renderer.setScissorTest(true);
    this.halves.forEach((half, n) => {
      for (const one of this.halves ?? []) one.visible = one === half;
      this.renderer.setViewport((n * width) / 2, 0, width / 2, height);
      this.renderer.setScissor((n * width) / 2, 0, width / 2, height);
      this.renderer.render(this.#scene, this.#camera);
    });
    for (const one of this.halves) one.visible = true;
    this.renderer.setScissorTest(false);
    this.renderer.setViewport(0, 0, width, height);
  }
}
