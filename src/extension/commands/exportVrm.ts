import * as vscode from 'vscode';
import { z } from 'zod';
import { audited } from '../audited.ts';
import { withProgress } from '../progress.ts';
import { bytesText } from '../text.ts';
import type { Services } from '../services.ts';
import type { Command } from './command.ts';

const exported = z.object({ file: z.object({ name: z.string(), size: z.number(), sha256: z.string() }) });
/** docs/protocol.md §5, without the ending that the command adds. */
const soundName = /^[\p{L}\p{N}_-](?:[\p{L}\p{N}._ -]*[\p{L}\p{N}_-])?$/u;
const maxNameBytes = 190;

/** Exports the rigged figure in Blender as VRM 1.0. Returns the file's name. */
export const run: Command = async (services) => {
  const { blender, avatars, log } = services;
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('Export VRM'),
    prompt: vscode.l10n.t("The avatar's name, and its file's, without ending"),
    placeHolder: 'Companion',
    validateInput: faultOfName,
  });
  if (name === undefined) return undefined;
  const params = { name: name.trim() };
  const answer = await withProgress(vscode.l10n.t('Exporting {0} as VRM', params.name), (work) =>
    audited(services, 'vrm_export', params, () =>
      blender.call('vrm_export', params, { ...work, deadlineMs: 300_000 }),
    ),
  );
  const { file } = exported.parse(answer);
  log.info(`exported ${file.name}, ${file.size} bytes, sha256 ${file.sha256}`);
  avatars.refresh();
  void offerNextSteps(services, file);
  return file.name;
};

async function offerNextSteps(
  { avatars }: Services,
  { name, size }: { readonly name: string; readonly size: number },
): Promise<void> {
  const steps = [
    { title: vscode.l10n.t('Preview'), command: 'avatarForge.previewAvatar' },
    { title: vscode.l10n.t('Check'), command: 'avatarForge.checkVrm' },
    { title: vscode.l10n.t('Promote…'), command: 'avatarForge.promoteAvatar' },
  ];
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('Exported {0}, {1}.', name, bytesText(size)),
    ...steps,
  );
  const avatar = (await avatars.listAll(['export'])).find((one) => one.name === name);
  if (chosen !== undefined) await vscode.commands.executeCommand(chosen.command, { avatar });
}

function faultOfName(value: string): string | undefined {
  const name = value.trim();
  if (name === '') return vscode.l10n.t('Give it a name.');
  if (Buffer.byteLength(name) > maxNameBytes) return vscode.l10n.t('That is too long for a file name.');
  if (!soundName.test(name)) return vscode.l10n.t('Letters, digits, "-", "_", "." and spaces, please.');
  return undefined;
}
