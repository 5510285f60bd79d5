import type {
  CameraPlace,
  ExpressionMeasure,
  LoadedModel,
  Picture,
  Pose,
  Size,
} from '../../protocol/preview.ts';
import { PreviewSession } from './previewSession.ts';
import type { PreviewOptions } from './previewSession.ts';

export interface Shot {
  readonly camera: CameraPlace;
  readonly size: Size;
  /** Shown alone; none shows the face as it is. */
  readonly expression?: string;
  /** 0…1, default 1. */
  readonly weight?: number;
  /** Default: arms relaxed. */
  readonly pose?: Pose;
  /** In place of a pose and an expression: a .vrma, so many seconds on. */
  readonly movement?: { readonly bytes: Uint8Array; readonly seconds: number };
  readonly transparent?: boolean;
}

export interface PreviewJob extends PreviewOptions {
  readonly model: Uint8Array;
  /** For messages. */
  readonly name?: string;
  readonly shots: readonly Shot[];
  /** Expressions to measure; default: all the model has. */
  readonly measure?: readonly string[];
}

export interface RenderedShot extends Omit<Picture, 'png'> {
  readonly png: Uint8Array;
}

export interface PreviewResult {
  readonly loaded: LoadedModel;
  /** One for each shot, in their order. */
  readonly pictures: readonly RenderedShot[];
  readonly measurements: readonly ExpressionMeasure[];
  readonly log: readonly string[];
  /** The graphics driver's own name for itself. */
  readonly renderer: string;
}

/**
 * Renders pictures of a VRM in our own preview page, in a Chromium without a window, and measures its expressions there.
 * The same model and shots give the same pixels. Rejects with a ForgeError, never hangs, leaves nothing running.
 */
export async function renderPreview(job: PreviewJob): Promise<PreviewResult> {
  await using session = await PreviewSession.open(job);
  const loaded = await session.load(job.model, job.name ?? 'the model');
  const pictures: RenderedShot[] = [];
  let posed: Pose | null = 'rest';
  for (const shot of job.shots) {
    const { expression, weight = 1, pose = 'relaxed', movement, transparent = false } = shot;
    await session.call('resetExpressions', {});
    if (movement === undefined) {
      if (pose !== posed) await session.call('setPose', { pose });
      posed = pose;
      if (expression !== undefined) await session.call('setExpression', { name: expression, weight });
    } else {
      posed = null;
      await session.offering(movement.bytes, (url) =>
        session.call('animate', { source: { url }, name: 'the movement' }),
      );
      await session.call('step', { seconds: movement.seconds });
    }
    await session.call('setCamera', shot.camera);
    const picture = await session.call('capture', { ...shot.size, transparent });
    pictures.push({ ...picture, png: Buffer.from(picture.png, 'base64') });
  }
  const measurements: ExpressionMeasure[] = [];
  for (const name of job.measure ?? loaded.expressions) {
    measurements.push(await session.call('measureExpression', { name }));
  }
  return { loaded, pictures, measurements, log: session.log, renderer: session.renderer };
}
