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

/** `rest` is the pose the file was saved in, `relaxed` lets the arms hang. */
export type Pose = 'rest' | 'relaxed';

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

/** Each command: what it takes and what it gives. */
export interface PreviewCommands {
  load: { params: { source: ModelSource; name: string }; result: LoadedModel };
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

export type FromPreview = PreviewReply | PreviewNews;
