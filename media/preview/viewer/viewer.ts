/** The viewer as its host and its panels see it: one model on one stage, and what is done to it. */
import { VRMAnimation } from '@pixiv/three-vrm-animation';
import type {
  CameraPlace,
  ExpressionMeasure,
  FindingPlace,
  Framing,
  LoadedModel,
  ModelSource,
  Picture,
  Pose,
  PreviewState,
  Size,
} from '../../../src/protocol/preview.ts';
import { PageFault } from '../fault.ts';
import type { Wall } from './backdrop.ts';
import { createFeatures } from './features/index.ts';
import type { Features } from './features/index.ts';
import { frame } from './framing.ts';
import type { Figure } from './framing.ts';
import { bytesOf } from './load/bytesOf.ts';
import { LiveLoop } from './liveLoop.ts';
import { loadGltf } from './load/loadGltf.ts';
import { movementOf } from './measure.ts';
import { Model, STEP_S } from './model.ts';
import { changedBetween, coveredBy, hang, pngOf, takeSnapshot } from './snapshot.ts';
import type { Region, Snapshot } from './snapshot.ts';
import { Stage } from './stage.ts';
import { Sticks, STICKS_STAND } from './sticks.ts';

const FRONT: CameraPlace = { framing: 'full', turnDeg: 0 };

/** On the screen there is writing above and below the figure. */
const ROOM = 1.14;

/** Pixels an expression changes are counted in pictures of this size. */
const MEASURE_SIZE: Size = { width: 512, height: 512 };

/** A model with what is known of it as long as it keeps its pose. */
interface Shown {
  readonly model: Model;
  readonly loaded: LoadedModel;
  /** Expressions and wind do not move the camera. */
  readonly figure: Figure;
  /** Without expression, as it looked when first compared with. */
  readonly plain: Map<Framing, Snapshot>;
}

export class Viewer {
  readonly stage: Stage;
  readonly features: Features;
  /** Draws on the screen, in real time; else only the pictures asked for are drawn. */
  readonly loop = new LiveLoop((seconds) => this.#frame(seconds));
  wall: Wall = 'studio';
  #shown: Shown | null = null;
  #sticks: Sticks | null = null;
  #place = FRONT;

  constructor(canvas: HTMLCanvasElement) {
    this.stage = new Stage(canvas);
    this.features = createFeatures(this.stage);
  }

  get rendererName(): string {
    return this.stage.rendererName;
  }

  /** Null while none is shown. */
  get model(): Model | null {
    return this.#shown?.model ?? null;
  }

  get loaded(): LoadedModel | null {
    return this.#shown?.loaded ?? null;
  }

  /** `again`: in place of an older state of itself, seen as that was. */
  async load(source: ModelSource, again = false, onProgress?: (share: number) => void): Promise<LoadedModel> {
    const model = await Model.load(await bytesOf(source, onProgress), this.stage.renderer);
    const stay = again && this.#shown !== null;
    if (!stay) this.features.eyesView.isOn = false;
    this.#clear();
    this.stage.add(model.vrm.scene);
    for (const feature of Object.values(this.features)) feature.show(model);
    const figure = this.#stand(model);
    if (!stay) {
      this.#place = FRONT;
      this.stage.fit();
      this.#lookAt(figure, FRONT);
    }
    this.stage.render();
    const loaded = describe(model, figure, this.stage);
    this.#shown = { model, loaded, figure, plain: new Map() };
    return loaded;
  }

  async compare(source: ModelSource): Promise<LoadedModel> {
    const model = await Model.load(await bytesOf(source), this.stage.renderer);
    this.features.comparison.with(model);
    this.stage.render();
    this.setCamera(this.#place);
    return describe(model, model.figure(), this.stage);
  }

  endComparison(): void {
    this.features.comparison.with(null);
    this.setCamera(this.#place);
  }

  async animate(source: ModelSource, name: string): Promise<{ name: string; durationS: number }> {
    const warnings: string[] = [];
    const gltf = await loadGltf(await bytesOf(source), this.stage.renderer, warnings);
    const found: unknown = gltf.userData['vrmAnimations'];
    const animation: unknown = Array.isArray(found) ? found[0] : undefined;
    if (!(animation instanceof VRMAnimation)) {
      throw new PageFault('model-unreadable', `${name} holds no VRM animation.`, 'Choose a .vrma file.');
    }
    this.features.motion.play(name, animation);
    if (this.#shown === null) {
      this.#clearSticks();
      this.#sticks = new Sticks(gltf);
      this.stage.add(this.#sticks.root);
      this.#lookAt(STICKS_STAND, FRONT);
    }
    return { name, durationS: animation.duration };
  }

  setExpression(name: string, weight: number): void {
    this.#need();
    this.features.face.set(name, weight);
  }

  resetExpressions(): void {
    this.#need();
    this.features.face.reset();
  }

  setPose(pose: Pose): void {
    const shown = this.#need();
    this.features.motion.setPose(pose);
    this.#shown = { ...shown, figure: this.#stand(shown.model), plain: new Map() };
    this.setCamera(this.#place);
  }

  setCamera(place: CameraPlace): void {
    this.features.eyesView.isOn = false;
    this.#place = place;
    this.#lookAt(this.#need().figure, place);
  }

  /** Brings what a finding is about before the camera; false where it is nowhere to be seen. */
  flyTo(place: FindingPlace): boolean {
    const { model } = this.#need();
    this.features.marker.clear();
    const { expression } = place;
    if (expression !== undefined && model.expressions.includes(expression)) {
      this.setCamera({ framing: 'face', turnDeg: 0 });
      this.features.face.reset();
      this.features.face.set(expression, 1);
      return true;
    }
    const box = this.features.marker.mark(place);
    if (box === null) return false;
    this.features.eyesView.isOn = false;
    const around = { min: box.min, max: box.max, head: null, eyes: null };
    this.#lookAt(around, { framing: 'full', turnDeg: 20 });
    return true;
  }

  /** Time passes in equal steps, so that the same seconds always end in the same picture. */
  step(seconds: number): void {
    const shown = this.#need();
    for (let n = Math.round(seconds / STEP_S); n > 0; n--) this.#advance(shown.model, STEP_S);
    shown.plain.clear();
  }

  capture(size: Size, transparent: boolean): Picture {
    return this.#picture(this.#place, size, transparent, this.wall);
  }

  /** As it is on the screen, at this size. */
  screenshot(size: Size): Picture {
    this.#need();
    return this.#finish(takeSnapshot(this.stage, size, true), size, false, this.wall);
  }

  /** The same for the same model, whatever is on the screen. */
  thumbnail(side: number): Picture {
    const { model } = this.#need();
    const { motion, face, gaze, overlays, shading, springs, comparison } = this.features;
    const kept = {
      lighting: this.stage.lighting,
      halves: this.stage.halves,
    };
    const shown = this.#shown;
    for (const one of [motion, face, gaze, overlays, shading, springs]) one.show(null);
    this.features.marker.clear();
    this.features.eyesView.isOn = false;
    this.stage.lighting = 'studio';
    this.stage.halves = null;
    if (comparison.model !== null) comparison.model.vrm.scene.visible = false;
    model.rest();
    try {
      this.#shown = { ...this.#need(), figure: model.figure(), plain: new Map() };
      return this.#picture({ framing: 'face', turnDeg: 0 }, { width: side, height: side }, false, 'studio');
    } finally {
      this.#shown = shown;
      this.stage.lighting = kept.lighting;
      this.stage.halves = kept.halves;
      if (comparison.model !== null) comparison.model.vrm.scene.visible = true;
      for (const one of [motion, face, gaze, overlays, shading, springs]) one.show(model);
    }
  }

  /** Leaves the model without any expression. */
  measureExpression(name: string): ExpressionMeasure {
    const { model } = this.#need();
    const movement = movementOf(model, name);
    const inFace = this.#changedBy(name, 'face');
    const framing = inFace.pixels > 0 ? 'face' : 'full';
    const changed = framing === 'face' ? inFace : this.#changedBy(name, 'full');
    this.features.face.reset();
    const { pixels: changedPixels, box: changedBox } = changed;
    return { name, ...movement, framing, changedPixels, changedBox, size: MEASURE_SIZE };
  }

  inspect(): PreviewState {
    const { position, target } = this.stage.view;
    const { motion, face, comparison } = this.features;
    const { geometries, textures } = this.stage.renderer.info.memory;
    return {
      camera: { position: [position.x, position.y, position.z], target: [target.x, target.y, target.z] },
      expressions: face.weights,
      motion: {
        kind: motion.clip === null ? motion.pose : 'animation',
        name: motion.clip?.name ?? '',
        timeS: motion.timeS,
      },
      memory: { geometries, textures, programs: this.stage.renderer.info.programs?.length ?? 0 },
      compared: comparison.model !== null,
    };
  }

  #lookAt(figure: Figure, place: CameraPlace): void {
    this.stage.look(frame(figure, place, this.stage.aspect));
    this.stage.dolly(ROOM);
  }

  #frame(seconds: number): void {
    if (this.#shown !== null) {
      this.#advance(this.#shown.model, seconds);
      this.#shown.plain.clear();
    } else this.#sticks?.update(seconds);
    this.stage.fit();
    this.stage.render();
  }

  #advance(model: Model, seconds: number): void {
    for (const feature of Object.values(this.features)) {
      if ('update' in feature) feature.update(seconds);
    }
    model.advance(seconds);
  }

  /** Error: `no-model`. */
  #need(): Shown {
    if (this.#shown === null) throw new PageFault('no-model', 'No model is loaded.', 'Load a model first.');
    return this.#shown;
  }

  /** Its size as it stands now, with its shadow below it. */
  #stand(model: Model): Figure {
    const figure = model.figure();
    const { min, max } = figure;
    const wide = 0.55 * (max.y - min.y);
    this.stage.placeShadow({ x: (min.x + max.x) / 2, z: (min.z + max.z) / 2, width: wide, depth: wide });
    return figure;
  }

  #clearSticks(): void {
    if (this.#sticks !== null) this.stage.remove(this.#sticks.root);
    this.#sticks?.dispose();
    this.#sticks = null;
  }

  #clear(): void {
    this.#clearSticks();
    if (this.#shown === null) return;
    const { model } = this.#shown;
    for (const feature of Object.values(this.features)) feature.show(null);
    this.stage.remove(model.vrm.scene);
    model.dispose();
    this.#shown = null;
  }

  #changedBy(name: string, framing: Framing): Region {
    const { model, plain } = this.#need();
    const shoot = (): Snapshot => this.#shoot({ framing, turnDeg: 0 }, MEASURE_SIZE, false);
    model.resetExpressions();
    const before = plain.get(framing) ?? shoot();
    plain.set(framing, before);
    model.setExpression(name, 1);
    return changedBetween(before, shoot());
  }

  #picture(place: CameraPlace, size: Size, transparent: boolean, wall: Wall): Picture {
    return this.#finish(this.#shoot(place, size, !transparent), size, transparent, wall);
  }

  #finish(snapshot: Snapshot, size: Size, transparent: boolean, wall: Wall): Picture {
    const covered = coveredBy(snapshot);
    if (!transparent) hang(snapshot, wall);
    return { ...size, png: pngOf(snapshot), coveredPixels: covered.pixels, coveredBox: covered.box };
  }

  /** A picture framed for its own shape; what is on the screen stays as the user turned it. */
  #shoot(place: CameraPlace, size: Size, shadow: boolean): Snapshot {
    const kept = this.stage.view;
    this.stage.look(frame(this.#need().figure, place, size.width / size.height));
    const snapshot = takeSnapshot(this.stage, size, shadow);
    this.stage.look(kept);
    return snapshot;
  }
}

function describe(model: Model, { min, max }: Figure, stage: Stage): LoadedModel {
  return {
    version: model.version,
    name: model.name,
    bones: model.bones,
    expressions: model.expressions,
    heightM: max.y - min.y,
    triangles: model.triangles,
    drawCalls: stage.drawCalls,
    textures: stage.textures,
    warnings: model.warnings,
  };
}
