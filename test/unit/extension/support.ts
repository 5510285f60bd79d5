import type { Translate } from '../../../src/extension/text.ts';

/** As `vscode.l10n.t` answers where there is no translation. */
export const english: Translate = (message, ...args) =>
  message.replaceAll(/\{(\d+)\}/g, (_, index: string) => String(args[Number(index)]));
