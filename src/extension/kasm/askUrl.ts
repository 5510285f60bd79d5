import * as vscode from 'vscode';
import { parseKasmUrl } from '../../adapters/kasm/kasmApi.ts';
import { reasonOf } from '../../core/errors.ts';
import type { Settings } from '../settings.ts';

/** Asks for the address of a Kasm; the one in the settings is proposed. Undefined where the user left. */
export async function askKasmUrl(settings: Settings, title: string): Promise<string | undefined> {
  const given = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('The address of Kasm, as https://host'),
    value: settings.get('kasm.url'),
    placeHolder: 'https://kasm.example.com',
    ignoreFocusOut: true,
    validateInput: (value) => {
      try {
        parseKasmUrl(value.trim());
        return undefined;
      } catch (thrown) {
        return reasonOf(thrown);
      }
    },
  });
  return given?.trim();
}
