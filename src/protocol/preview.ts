/**
 * Messages between the preview page (media/preview) and whoever shows it: a VS Code webview, or our own driver of a
 * Chromium. The host asks, the page answers each request once; the page also tells news unasked.
 * Lengths are metres, angles degrees, times seconds, sizes pixels of the picture.
 */

/** Bytes come by address where the host can serve them (fast), else in the message. */
export type ModelSource = { readonly url: string } | { readonly bytes: ArrayBuffer };

export interface LoadedModel {
  readonly version: '1.0' | '0.x';
  readonly name: string;
  /** VRM bones, by their names in 1.0, that the page could map. */
  readonly bones: readonly string[];
  /** Expressions, by their names in 1.0. */
  readonly expressions: readonly string[];
  readonly heightM: number;
  readonly triangles: number;
  readonly drawCalls: number;
  readonly textures: number;
  /** What was thrown away on the way: a texture that would not decode, and the like. */
  readonly warnings: readonly string[];
}

export type Framing = 'full' | 'face';

export interface CameraPlace {
  readonly framing: Framing;
  /** Seen from this far round to the model's left side; 0 is from the front. */
  readonly turnDeg: number;
}

/** `rest` is the pose the file was saved in (T), `relaxed` lets the arms hang, `idle` breathes. */
export type Pose = 'rest' | 'relaxed' | 'idle';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface PixelBox extends Size {
  readonly x: number;
  readonly y: number;
}

export interface Picture extends Size {
  /** PNG, as base64. */
  readonly png: string;
  /** Pixels the model covers, and the box around them. */
  readonly coveredPixels: number;
  readonly coveredBox: PixelBox | null;
}

/** What an expression does at full weight, on the geometry that is drawn. */
export interface ExpressionMeasure {
  readonly name: string;
  readonly movedVertices: number;
  readonly maxDeltaM: number;
  /** Pixels that change, of the face, or where it stays the same of the whole figure. */
  readonly framing: Framing;
  readonly changedPixels: number;
  /** Around them; origin at the top left. */
  readonly changedBox: PixelBox | null;
  readonly size: Size;
}

/** Where a finding is, as the check says it: the file's own names (untrusted), and a JSON pointer into its glTF. */
export interface FindingPlace {
  readonly pointer?: string | undefined;
  readonly node?: string | undefined;
  readonly bone?: string | undefined;
  readonly expression?: string | undefined;
  readonly spring?: string | undefined;
  readonly image?: string | undefined;
}

export interface PreviewFinding {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly next: string;
  readonly where: FindingPlace;
}

/** What the check measured of an expression: `maxDeltaM` is the longest way of a vertex, `null` where it is not known. */
export interface MeasuredExpression {
  readonly name: string;
  readonly dead: boolean;
  readonly maxDeltaM: number | null;
  readonly vertices: number | null;
  readonly materialBinds: number;
}

/** What a model may cost; what is left out costs nothing. */
export interface FigureBudget {
  readonly triangles?: number | undefined;
  readonly materials?: number | undefined;
  readonly bones?: number | undefined;
  readonly textureMiB?: number | undefined;
}

/** What the host's check says of the model; the page itself does not judge. */
export interface PreviewReport {
  readonly findings: readonly PreviewFinding[];
  readonly expressions: readonly MeasuredExpression[];
  readonly budget: FigureBudget;
  /** The licence card: a label and the file's own text (untrusted). */
  readonly licence: readonly (readonly [label: string, text: string])[];
  readonly sizeBytes: number;
}

/** What a host can do for the page; what it cannot is not offered. */
export type HostAbility =
  'choose-animation' | 'choose-comparison' | 'save-picture' | 'keep-thumbnail' | 'optimise';

/** What is shown and how, for tests and for a host that wants to know. */
export interface PreviewState {
  readonly camera: { readonly position: Place; readonly target: Place };
  readonly expressions: Readonly<Record<string, number>>;
  readonly motion: { readonly kind: string; readonly name: string; readonly timeS: number };
  /** Pieces on the graphics card, by the renderer's own count. */
  readonly memory: { readonly geometries: number; readonly textures: number; readonly programs: number };
  readonly compared: boolean;
}

export type Place = readonly [x: number, y: number, z: number];

/** Each command: what it takes and what it gives. */
export interface PreviewCommands {
  /** Who shows the page, and what it can do; the first command of a host that can do anything. */
  welcome: { params: { can: readonly HostAbility[]; layout: 'editor' | 'chat' }; result: null };
  /**
   * `again`: the same file, written anew. Camera, expression, motion and overlays stay as they are. `note`: what is to be known of
   * these bytes, said beside their figures.
   */
  load: {
    params: { source: ModelSource; name: string; again?: boolean; note?: string };
    result: LoadedModel;
  };
  report: { params: PreviewReport; result: null };
  /** A word in the place of the model, until one is shown. */
  say: { params: { text: string }; result: null };
  /** Plays a VRM animation; without a model, on a figure of sticks. */
  animate: { params: { source: ModelSource; name: string }; result: { name: string; durationS: number } };
  /** Puts a second model beside the first, under the same camera. */
  compare: { params: { source: ModelSource; name: string }; result: LoadedModel };
  inspect: { params: Record<string, never>; result: PreviewState };
  /** A square portrait that does not depend on what is on the screen. */
  thumbnail: { params: { side: number }; result: Picture };
  setExpression: { params: { name: string; weight: number }; result: null };
  resetExpressions: { params: Record<string, never>; result: null };
  setPose: { params: { pose: Pose }; result: null };
  setCamera: { params: CameraPlace; result: null };
  /** Lets time pass in equal small steps: springs swing, textures scroll. */
  step: { params: { seconds: number }; result: null };
  capture: { params: Size & { transparent?: boolean }; result: Picture };
  measureExpression: { params: { name: string }; result: ExpressionMeasure };
  /** Draws on the screen in real time; else (at first) only the pictures asked for are drawn, and time waits for `step`. */
  setLive: { params: { live: boolean }; result: null };
}

export type PreviewMethod = keyof PreviewCommands;

export type PreviewRequest = {
  [M in PreviewMethod]: {
    readonly id: number;
    readonly method: M;
    readonly params: PreviewCommands[M]['params'];
  };
}[PreviewMethod];

export interface PreviewFault {
  readonly code: 'model-unreadable' | 'no-model' | 'unknown-expression' | 'bad-request' | 'preview-failed';
  readonly message: string;
  readonly next: string;
}

export type PreviewReply =
  | { readonly type: 'reply'; readonly id: number; readonly result: unknown }
  | { readonly type: 'reply'; readonly id: number; readonly fault: PreviewFault };

export type PreviewNews =
  /** The page listens. `renderer` is the graphics driver's own name for itself. */
  | { readonly type: 'ready'; readonly renderer: string }
  | { readonly type: 'log'; readonly level: 'info' | 'warning' | 'error'; readonly message: string };

/** What the user asks of the host; only what it said it can do. Pictures are PNG as base64. */
export type PreviewWish =
  | { readonly type: 'wish'; readonly wish: 'choose-animation' | 'choose-comparison' | 'optimise' }
  | { readonly type: 'wish'; readonly wish: 'save-picture' | 'keep-thumbnail'; readonly png: string };

export type FromPreview = PreviewReply | PreviewNews | PreviewWish;
