import * as vscode from 'vscode';
import { ForgeError } from '../../core/errors.ts';
import { clientConfiguration, editorConfiguration } from '../mcp/configuration.ts';
import type { Services } from '../services.ts';
import { addressOf, endpointIn } from '../workstations/endpoint.ts';
import type { Command } from './command.ts';

/** The configuration of our MCP server for other clients: into the clipboard, or as the folder's `.vscode/mcp.json`. Returns it. */
export const run: Command = async (services) => {
  const server = await standaloneServer(services);
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const picked = await vscode.window.showQuickPick(
    [
      {
        label: vscode.l10n.t('$(copy) Copy for other MCP clients'),
        detail: vscode.l10n.t('JSON with mcpServers, as most of them read it'),
        target: 'clients' as const,
      },
      {
        label: vscode.l10n.t('$(copy) Copy for mcp.json of VS Code'),
        detail: vscode.l10n.t('For a window without this extension'),
        target: 'editor' as const,
      },
      ...(folder === undefined
        ? []
        : [
            {
              label: vscode.l10n.t('$(new-file) Write .vscode/mcp.json'),
              detail: vscode.l10n.t('In {0}, unless there is one', folder.name),
              target: 'file' as const,
            },
          ]),
    ],
    { title: vscode.l10n.t('Copy MCP configuration') },
  );
  if (picked === undefined) return undefined;
  const text = picked.target === 'clients' ? clientConfiguration(server) : editorConfiguration(server);
  if (picked.target === 'file' && folder !== undefined) {
    await writeNew(vscode.Uri.joinPath(folder.uri, '.vscode', 'mcp.json'), text);
  } else {
    await vscode.env.clipboard.writeText(text);
    vscode.window.setStatusBarMessage(vscode.l10n.t('$(copy) MCP configuration copied'), 5000);
  }
  return text;
};

async function standaloneServer({ settings, secrets, installation, home }: Services) {
  const common = { installation, execPath: process.execPath, home: home() };
  if (settings.get('workstation.provider') === 'thisMachine') return { ...common, endpoint: null };
  if (settings.get('workstation.provider') === 'kasm') {
    throw new ForgeError(
      'not-standalone',
      vscode.l10n.t('A session in Kasm has another address and another token each time.'),
      vscode.l10n.t('Use it from this editor, or set avatarForge.workstation.provider to another provider.'),
    );
  }
  const endpoint = endpointIn(settings);
  return { ...common, endpoint: { ...endpoint, token: await secrets.token(addressOf(endpoint)) } };
}

/** A file that is there is somebody's work: it is opened, and the text goes to the clipboard to be put in by hand. */
async function writeNew(file: vscode.Uri, text: string): Promise<void> {
  const exists = await vscode.workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
  if (exists) {
    await vscode.env.clipboard.writeText(text);
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        '{0} exists already. The configuration is in the clipboard.',
        file.path.split('/').slice(-2).join('/'),
      ),
    );
  } else {
    await vscode.workspace.fs.writeFile(file, Buffer.from(text));
  }
  await vscode.window.showTextDocument(file);
}
