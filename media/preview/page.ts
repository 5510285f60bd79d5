/** Puts the page together: the viewer, what is written over it, and the host that gives commands. */
import type { PreviewCommands, PreviewMethod, PreviewRequest } from '../../src/protocol/preview.ts';
import { faultOf, PageFault } from './fault.ts';
import type { Host } from './host.ts';
import { createOverlay } from './ui/overlay.ts';
import { Viewer } from './viewer/viewer.ts';

type Handlers = {
  [M in PreviewMethod]: (
    params: PreviewCommands[M]['params'],
  ) => PreviewCommands[M]['result'] | Promise<PreviewCommands[M]['result']>;
};

export function openPage(document: Document, host: Host): void {
  const canvas = document.querySelector('canvas');
  if (canvas === null) throw new Error('The page has no canvas.');
  const viewer = new Viewer(canvas);
  const overlay = createOverlay(document, (name, weight) => {
    viewer.resetExpressions();
    viewer.setExpression(name, weight);
  });

  const handlers: Handlers = {
    load: async ({ source, name }) => {
      overlay.showStatus(`Loading ${name}…`);
      try {
        const model = await viewer.load(source);
        overlay.showModel(model);
        return model;
      } catch (thrown) {
        overlay.showFault(faultOf(thrown));
        throw thrown;
      }
    },
    setExpression: ({ name, weight }) => done(() => viewer.setExpression(name, weight)),
    resetExpressions: () => done(() => viewer.resetExpressions()),
    setPose: ({ pose }) => done(() => viewer.setPose(pose)),
    setCamera: (place) => done(() => viewer.setCamera(place)),
    step: ({ seconds }) => done(() => viewer.step(seconds)),
    capture: (params) => viewer.capture(params, params.transparent ?? false),
    measureExpression: ({ name }) => viewer.measureExpression(name),
    setLive: ({ live }) => done(() => viewer.setLive(live)),
  };

  tellTroubles(host);
  host.onRequest((request) => void answer(host, handlers, request));
  host.send({ type: 'ready', renderer: viewer.rendererName });
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
