/** Puts the page together: the viewer, what is written over it, the panels, and the host that gives commands. */
import type {
  HostAbility,
  LoadedModel,
  ModelSource,
  PreviewCommands,
  PreviewFinding,
  PreviewMethod,
  PreviewReport,
  PreviewRequest,
} from '../../src/protocol/preview.ts';
import { faultOf, PageFault } from './fault.ts';
import type { Host } from './host.ts';
import { acceptDrops } from './ui/drop.ts';
import { createOverlay } from './ui/overlay.ts';
import type { Overlay } from './ui/overlay.ts';
import type { PanelContext } from './ui/panel.ts';
import { fillSide } from './ui/side.ts';
import type { Side } from './ui/side.ts';
import { fillToolbar } from './ui/toolbar.ts';
import { Viewer } from './viewer/viewer.ts';

type Handlers = {
  [M in PreviewMethod]: (
    params: PreviewCommands[M]['params'],
  ) => PreviewCommands[M]['result'] | Promise<PreviewCommands[M]['result']>;
};

const TICK_MS = 250;

export function openPage(document: Document, host: Host): void {
  const part = (selector: string): HTMLElement => {
    const found = document.querySelector<HTMLElement>(selector);
    if (found === null) throw new Error(`The page has no ${selector}.`);
    return found;
  };
  const canvas = part('#view');
  if (!(canvas instanceof HTMLCanvasElement)) throw new Error('#view is no canvas.');
  const stage = part('#stage');
  const overlay = createOverlay(document);
  tellTroubles(host);
  const viewer = openViewer(canvas, overlay, host);
  if (viewer === null) return;
  let abilities: ReadonlySet<HostAbility> = new Set();
  /** What is shown is the host's file, or one that was dropped here, of which the host knows nothing. */
  let isHosts = true;
  let hostReport: PreviewReport | null = null;
  let ownReport: PreviewReport | null = null;
  let presented = false;

  const context: PanelContext = {
    viewer,
    can: (ability) => abilities.has(ability) && (isHosts || !OF_THE_FILE.has(ability)),
    wish: (wish) => host.send(wish),
    say: (text) => overlay.say(text),
    attempt: (work) => {
      work().catch((thrown: unknown) => {
        const { message, next } = faultOf(thrown);
        overlay.say(`${message} ${next}`);
      });
    },
    chooseFile: (accept, use) => {
      const input = document.createElement('input');
      input.type = 'file';
      input.accept = accept;
      input.addEventListener('change', () => {
        const file = input.files?.[0];
        if (file !== undefined) context.attempt(() => use(file));
      });
      input.click();
    },
  };
  let side: Side | null = null;
  const fillPanels = (): void => {
    side = fillSide(part('#side'), context, document.body.dataset['layout'] === 'chat' ? 'chat' : 'editor');
    if (viewer.loaded !== null) side.show(viewer.loaded);
    showReport();
  };
  const showReport = (): void => {
    const report = isHosts ? hostReport : ownReport;
    if (report === null) return;
    const lost = (viewer.loaded?.warnings ?? []).map(findingOf);
    side?.report({ ...report, findings: [...lost, ...report.findings] });
  };
  const toolbar = fillToolbar(part('#toolbar'), canvas, context, part('#side'));

  const load = async (
    { source, name, again = false, note }: PreviewCommands['load']['params'],
    dropped: PreviewReport | null,
  ): Promise<LoadedModel> => {
    overlay.showStatus(`Loading ${name}…`);
    try {
      const loading = viewer.load(source, again, (share) =>
        overlay.showStatus(`Loading ${name}… ${Math.round(100 * share)} %`, share),
      );
      if (side === null) fillPanels(); // while the bytes are on their way
      const model = await loading;
      isHosts = dropped === null;
      ownReport = dropped;
      overlay.showModel(model, note);
      side?.show(model);
      showReport();
      toolbar.refresh();
      return model;
    } catch (thrown) {
      overlay.showFault(faultOf(thrown));
      throw thrown;
    }
  };
  const animate = (source: ModelSource, name: string): Promise<{ name: string; durationS: number }> => {
    const reading = viewer.animate(source, name);
    if (side === null) fillPanels();
    return reading.then(
      (clip) => {
        overlay.showStatus('');
        part('#card').hidden = viewer.loaded === null;
        if (viewer.loaded === null) overlay.say(`${name}: drop a .vrm here to see it on an avatar.`);
        return clip;
      },
      (thrown: unknown) => {
        tellFault(thrown);
        throw thrown;
      },
    );
  };
  /** Of something beside the model: in its place only where there is none. */
  const tellFault = (thrown: unknown): void => {
    const fault = faultOf(thrown);
    if (viewer.loaded === null) overlay.showFault(fault);
    else overlay.say(`${fault.message} ${fault.next}`);
  };

  const handlers: Handlers = {
    welcome: ({ can, layout }) =>
      done(() => {
        abilities = new Set(can);
        document.body.dataset['layout'] = layout;
        if (side !== null) fillPanels();
      }),
    load: (params) => load(params, null),
    report: (params) =>
      done(() => {
        hostReport = params;
        showReport();
      }),
    say: ({ text }) => done(() => overlay.showStatus(text)),
    animate: ({ source, name }) => animate(source, name),
    compare: ({ source }) =>
      viewer.compare(source).catch((thrown: unknown) => {
        tellFault(thrown);
        throw thrown;
      }),
    inspect: () => viewer.inspect(),
    thumbnail: ({ side: pixels }) => viewer.thumbnail(pixels),
    setExpression: ({ name, weight }) => done(() => viewer.setExpression(name, weight)),
    resetExpressions: () => done(() => viewer.resetExpressions()),
    setPose: ({ pose }) => done(() => viewer.setPose(pose)),
    setCamera: (place) => done(() => viewer.setCamera(place)),
    step: ({ seconds }) => done(() => viewer.step(seconds)),
    capture: (params) => viewer.capture(params, params.transparent ?? false),
    measureExpression: ({ name }) => viewer.measureExpression(name),
    setLive: ({ live }) =>
      done(() => {
        viewer.loop.live = live;
        if (live && !presented) enliven(viewer, document.body.dataset['layout'] === 'chat');
        presented ||= live;
        side?.tick();
      }),
  };

  acceptDrops(stage, {
    model: (file) =>
      context.attempt(async () => {
        if (document.body.dataset['layout'] === 'chat') return; // its policy loads nothing on use, and it is there for one export
        const { previewReport } = await import('../../src/core/preview/report.ts'); // loaded on use
        const bytes = await file.arrayBuffer();
        await load({ source: { bytes }, name: file.name }, previewReport(new Uint8Array(bytes)));
        viewer.loop.live = true;
      }),
    animation: (file) =>
      context.attempt(async () => {
        await animate({ bytes: await file.arrayBuffer() }, file.name);
        viewer.loop.live = true;
      }),
  });
  new IntersectionObserver((changes) => {
    viewer.loop.seen = changes.at(-1)?.isIntersecting ?? true; // a chat scrolls it away
  }).observe(canvas);
  window.setInterval(() => {
    if (document.visibilityState === 'hidden' || !viewer.loop.seen) return;
    side?.tick();
    toolbar.refresh();
  }, TICK_MS);
  host.onRequest((request) => void answer(host, handlers, request));
  host.send({ type: 'ready', renderer: viewer.rendererName });
}

/** What a host does to its own file. */
const OF_THE_FILE: ReadonlySet<HostAbility> = new Set(['keep-thumbnail', 'optimise']);

/** Null where there is no WebGL, which is told. A graphics process that ends is told, too; the picture comes back by itself. */
function openViewer(canvas: HTMLCanvasElement, overlay: Overlay, host: Host): Viewer | null {
  canvas.addEventListener('webglcontextlost', () => {
    overlay.showStatus(
      'The graphics process has ended. If the picture does not come back, open the preview again.',
    );
  });
  try {
    const viewer = new Viewer(canvas);
    canvas.addEventListener('webglcontextrestored', () => {
      overlay.showStatus('');
      viewer.stage.render();
    });
    return viewer;
  } catch (thrown) {
    overlay.showFault({
      code: 'preview-failed',
      message: 'This window has no WebGL, so no model can be drawn.',
      next: 'Turn on hardware acceleration, or open the preview in a browser that has WebGL.',
    });
    host.send({ type: 'log', level: 'error', message: faultOf(thrown).message });
    return null;
  }
}

/** What could not be shown, as the check would say it. */
function findingOf(warning: string): PreviewFinding {
  return {
    code: 'picture-undecodable',
    severity: 'warning',
    message: warning,
    next: 'Open the picture in a program that can, save it as PNG, and export again.',
    where: {},
  };
}

/** A figure on a screen breathes and blinks, unless its viewer wants things to hold still. */
function enliven({ features, model }: Viewer, turning: boolean): void {
  if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  features.face.blinking = true;
  features.turntable.isOn = turning;
  if (model !== null && features.motion.clip === null) features.motion.setPose('idle');
}

async function answer(host: Host, handlers: Handlers, request: PreviewRequest): Promise<void> {
  try {
    host.send({ type: 'reply', id: request.id, result: await dispatch(handlers, request) });
  } catch (thrown) {
    host.send({ type: 'reply', id: request.id, fault: faultOf(thrown) });
  }
}

function dispatch<M extends PreviewMethod>(
  handlers: Handlers,
  { method, params }: { readonly method: M; readonly params: PreviewCommands[M]['params'] },
): PreviewCommands[M]['result'] | Promise<PreviewCommands[M]['result']> {
  if (!Object.hasOwn(handlers, method)) {
    throw new PageFault('bad-request', `The preview has no command ${method}.`, 'Use one of its commands.');
  }
  return handlers[method](params);
}

function done(act: () => void): null {
  act();
  return null;
}

/** What goes wrong outside any command, so that it does not stay in a console that nobody sees. */
function tellTroubles(host: Host): void {
  const tell = (message: string): void => host.send({ type: 'log', level: 'error', message });
  window.addEventListener('error', (event) => tell(event.message));
  window.addEventListener('unhandledrejection', (event: PromiseRejectionEvent) =>
    tell(faultOf(event.reason).message),
  );
  document.addEventListener('securitypolicyviolation', (event) =>
    tell(`Blocked by the page's policy: ${event.violatedDirective} ${event.blockedURI}`),
  );
}
