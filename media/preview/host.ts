/** The way to whoever shows the page: a VS Code webview's host, or a driver that put `avatarForgeHost` into the window. */
import type { FromPreview, PreviewRequest } from '../../src/protocol/preview.ts';

export interface Host {
  send(message: FromPreview): void;
  onRequest(handle: (request: PreviewRequest) => void): void;
}

interface Receiver {
  postMessage(message: FromPreview): void;
}

declare global {
  interface Window {
    acquireVsCodeApi?: () => Receiver;
    avatarForgeHost?: (message: FromPreview) => unknown;
  }
}

export function connectHost(window: Window): Host {
  const editor = window.acquireVsCodeApi?.();
  return {
    send: (message) => {
      if (editor !== undefined) editor.postMessage(message);
      else window.avatarForgeHost?.(message);
    },
    onRequest: (handle) => {
      window.addEventListener('message', (event: MessageEvent<unknown>) => {
        if (isRequest(event.data)) handle(event.data);
      });
    },
  };
}

/** Other scripts and extensions post messages, too; ours have a number and a method. Only our own hosts send those. */
function isRequest(message: unknown): message is PreviewRequest {
  return (
    typeof message === 'object' &&
    message !== null &&
    'id' in message &&
    typeof message.id === 'number' &&
    'method' in message &&
    typeof message.method === 'string' &&
    'params' in message
  );
}
