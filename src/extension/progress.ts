import * as vscode from 'vscode';
import type { Progress } from '../core/ports.ts';

/** What long work is given: it looks at `signal`, and tells how far it is. */
export interface Work {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** Runs something long under a notification with a bar and a button to cancel. */
export async function withProgress<T>(title: string, run: (work: Work) => Promise<T>): Promise<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (bar, cancellation) => {
      const abort = new AbortController();
      cancellation.onCancellationRequested(() => abort.abort());
      let percent = 0;
      const onProgress = ({ fraction, message }: Progress): void => {
        const next = Math.max(percent, Math.round((fraction ?? 0) * 100));
        bar.report({ message, increment: next - percent });
        percent = next;
      };
      return run({ signal: abort.signal, onProgress });
    },
  );
}
