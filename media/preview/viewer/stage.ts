/** Renderer, lights, camera and backdrop: everything but the model. */
import {
  AmbientLight,
  DirectionalLight,
  Group,
  PerspectiveCamera,
  Scene,
  SRGBColorSpace,
  Vector3,
  WebGLRenderer,
} from 'three';
import type { Object3D } from 'three';
import { OrbitControls } from 'three/examples/jsm/controls/OrbitControls.js';
import type { Size } from '../../../src/protocol/preview.ts';
import { createGroundShadow } from './backdrop.ts';
import { FIELD_OF_VIEW_DEG } from './framing.ts';
import type { Shot } from './framing.ts';

/** A light of this strength shows a matt or MToon surface in its own colour. */
const FULL = Math.PI;

/** More is not seen and costs time. */
const MAX_PIXEL_RATIO = 2;

export class Stage {
  readonly controls: OrbitControls;
  readonly #renderer: WebGLRenderer;
  readonly #camera = new PerspectiveCamera(FIELD_OF_VIEW_DEG);
  readonly #scene = new Scene();
  readonly #shadow = createGroundShadow();
  /** Lights stand around the camera, so that a figure that is turned stays lit. */
  readonly #lights = new Group();

  constructor(canvas: HTMLCanvasElement) {
    this.#renderer = new WebGLRenderer({
      canvas,
      antialias: true,
      alpha: true,
      powerPreference: 'high-performance',
    });
    this.#renderer.outputColorSpace = SRGBColorSpace;
    this.#scene.add(this.#camera, this.#lights, this.#shadow);
    this.#addLights();
    this.controls = new OrbitControls(this.#camera, canvas);
    this.controls.enableDamping = false;
  }

  get canvas(): HTMLCanvasElement {
    return this.#renderer.domElement;
  }

  get aspect(): number {
    const { width, height } = this.canvas;
    return height === 0 ? 1 : width / height;
  }

  /** The graphics driver's own name for itself. */
  get rendererName(): string {
    const gl = this.#renderer.getContext();
    const info = gl.getExtension('WEBGL_debug_renderer_info');
    return String(gl.getParameter(info === null ? gl.RENDERER : info.UNMASKED_RENDERER_WEBGL));
  }

  /** Of the last picture: the model's own, the shadow counted in. */
  get drawCalls(): number {
    return this.#renderer.info.render.calls;
  }

  get textures(): number {
    return this.#renderer.info.memory.textures;
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
      this.#renderer.setSize(width, height, false);
  }

  /** Draws on a transparent ground: the wall is painted behind the canvas. */
  render(shadow = true): void {
    this.#shadow.visible = shadow;
    this.#camera.aspect = this.aspect;
    this.#camera.updateProjectionMatrix();
    const ahead = new Vector3().subVectors(this.#camera.position, this.controls.target);
    this.#lights.rotation.y = Math.atan2(ahead.x, ahead.z);
    this.#renderer.render(this.#scene, this.#camera);
  }

  /** A key from above and beside the camera, a weak fill from the other side, and enough from everywhere to keep shade soft. */
  #addLights(): void {
    const key = new DirectionalLight(0xfffaf2, 0.86 * FULL);
    key.position.set(-0.9, 1.3, 1.3);
    const fill = new DirectionalLight(0xe4ebff, 0.08 * FULL);
    fill.position.set(1.2, 0.2, 0.8);
    this.#lights.add(key, key.target, fill, fill.target, new AmbientLight(0xf4f2ff, 0.14 * FULL));
  }
}
