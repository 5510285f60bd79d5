import type { PreviewFault } from '../../src/protocol/preview.ts';

/** What the page throws, and answers a request with. */
export class PageFault extends Error {
  readonly code: PreviewFault['code'];
  readonly next: string;

  constructor(code: PreviewFault['code'], message: string, next: string) {
    super(message);
    this.code = code;
    this.next = next;
  }
}

export function faultOf(thrown: unknown): PreviewFault {
  if (thrown instanceof PageFault) return { code: thrown.code, message: thrown.message, next: thrown.next };
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    code: 'preview-failed',
    message,
    next: 'Open the preview again; if it fails again, report the model.',
  };
}
