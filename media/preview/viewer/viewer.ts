/** The viewer as its host sees it: one model at a time on one stage. */
import type {
  CameraPlace,
  ExpressionMeasure,
  Framing,
  LoadedModel,
  ModelSource,
  Picture,
  Pose,
  Size,
} from '../../../src/protocol/preview.ts';
import { PageFault } from '../fault.ts';
import { frame } from './framing.ts';
import type { Figure } from './framing.ts';
import { movementOf } from './measure.ts';
import { Model } from './model.ts';
import { changedBetween, coveredBy, hang, pngOf, takeSnapshot } from './snapshot.ts';
import type { Region, Snapshot } from './snapshot.ts';
import { Stage } from './stage.ts';

const FRONT: CameraPlace = { framing: 'full', turnDeg: 0 };

/** Pixels an expression changes are counted in pictures of this size. */
const MEASURE_SIZE: Size = { width: 512, height: 512 };

/** After a pause (a hidden tab) time goes on from where it stood. */
const MAX_FRAME_S = 0.1;

/** A model with what is known of it as long as it keeps its pose. */
interface Shown {
  readonly model: Model;
  /** Expressions and wind do not move the camera. */
  readonly figure: Figure;
  /** Without expression, as it looked when first compared with. */
  readonly plain: Map<Framing, Snapshot>;
}

export class Viewer {
  readonly #stage: Stage;
  #shown: Shown | null = null;
  #place = FRONT;
  #live = false;

  constructor(canvas: HTMLCanvasElement) {
    this.#stage = new Stage(canvas);
  }

  get rendererName(): string {
    return this.#stage.rendererName;
  }

  async load(source: ModelSource): Promise<LoadedModel> {
    const model = await Model.load(await bytesOf(source));
    this.#clear();
    this.#stage.add(model.vrm.scene);
    const { min, max } = this.#show(model);
    this.setCamera(FRONT);
    this.#stage.render();
    return {
      version: model.version,
      name: model.name,
      bones: model.bones,
      expressions: model.expressions,
      heightM: max.y - min.y,
      triangles: model.triangles,
      drawCalls: this.#stage.drawCalls,
      textures: this.#stage.textures,
      warnings: model.warnings,
    };
  }

  setExpression(name: string, weight: number): void {
    this.#loaded.model.setExpression(name, weight);
  }

  resetExpressions(): void {
    this.#loaded.model.resetExpressions();
  }

  setPose(pose: Pose): void {
    const { model } = this.#loaded;
    model.setPose(pose);
    this.#show(model);
    this.setCamera(this.#place);
  }

  setCamera(place: CameraPlace): void {
    this.#place = place;
    this.#stage.look(frame(this.#loaded.figure, place, this.#stage.aspect));
  }

  step(seconds: number): void {
    const shown = this.#loaded;
    shown.model.step(seconds);
    shown.plain.clear();
  }

  capture(size: Size, transparent: boolean): Picture {
    const picture = this.#shoot(this.#place, size, !transparent);
    const covered = coveredBy(picture);
    if (!transparent) hang(picture);
    return { ...size, png: pngOf(picture), coveredPixels: covered.pixels, coveredBox: covered.box };
  }

  /** Leaves the model without any expression. */
  measureExpression(name: string): ExpressionMeasure {
    const { model } = this.#loaded;
    const movement = movementOf(model, name);
    const inFace = this.#changedBy(name, 'face');
    const framing = inFace.pixels > 0 ? 'face' : 'full';
    const changed = framing === 'face' ? inFace : this.#changedBy(name, 'full');
    model.resetExpressions();
    const { pixels: changedPixels, box: changedBox } = changed;
    return { name, ...movement, framing, changedPixels, changedBox, size: MEASURE_SIZE };
  }

  /** Draws on the screen, in real time; else only the pictures asked for are drawn. */
  setLive(live: boolean): void {
    if (live === this.#live) return;
    this.#live = live;
    let last = performance.now();
    const next = (now: number): void => {
      if (!this.#live) return;
      if (this.#shown !== null) {
        this.#shown.model.advance(Math.min(MAX_FRAME_S, (now - last) / 1000));
        this.#shown.plain.clear();
      }
      last = now;
      this.#stage.fit();
      this.#stage.render();
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  }

  get #loaded(): Shown {
    if (this.#shown === null) throw new PageFault('no-model', 'No model is loaded.', 'Load a model first.');
    return this.#shown;
  }

  #show(model: Model): Figure {
    const figure = model.figure();
    this.#shown = { model, figure, plain: new Map() };
    const { min, max } = figure;
    const wide = 0.55 * (max.y - min.y);
    this.#stage.placeShadow({ x: (min.x + max.x) / 2, z: (min.z + max.z) / 2, width: wide, depth: wide });
    return figure;
  }

  #clear(): void {
    if (this.#shown === null) return;
    const { model } = this.#shown;
    this.#stage.remove(model.vrm.scene);
    model.dispose();
    this.#shown = null;
  }

  #changedBy(name: string, framing: Framing): Region {
    const { model, plain } = this.#loaded;
    const shoot = (): Snapshot => this.#shoot({ framing, turnDeg: 0 }, MEASURE_SIZE, false);
    model.resetExpressions();
    const before = plain.get(framing) ?? shoot();
    plain.set(framing, before);
    model.setExpression(name, 1);
    return changedBetween(before, shoot());
  }

  /** A picture framed for its own shape; what is on the screen stays as the user turned it. */
  #shoot(place: CameraPlace, size: Size, shadow: boolean): Snapshot {
    const kept = this.#stage.view;
    this.#stage.look(frame(this.#loaded.figure, place, size.width / size.height));
    const snapshot = takeSnapshot(this.#stage, size, shadow);
    this.#stage.look(kept);
    return snapshot;
  }
}

async function bytesOf(source: ModelSource): Promise<ArrayBuffer> {
  if ('bytes' in source) return source.bytes;
  const response = await fetch(source.url).catch(() => null);
  if (response?.ok !== true) {
    throw new PageFault('model-unreadable', 'The model could not be fetched.', 'Open the file again.');
  }
  return response.arrayBuffer();
}
