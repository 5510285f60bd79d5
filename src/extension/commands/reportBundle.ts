import { readdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { scrub } from '../../core/scrub.ts';
import { examine } from '../examine.ts';
import { withProgress } from '../progress.ts';
import type { Secrets } from '../secrets.ts';
import type { Services } from '../services.ts';
import type { Command } from './command.ts';
import { addressOf, parseEndpoint } from '../workstations/endpoint.ts';

const logLines = 2000;
const auditLines = 50;

/** A ZIP to attach to a report: versions, settings, the doctor's page, the last of the logs; secrets are taken out. Returns its path. */
export const run: Command = async (services) => {
  const day = new Date().toISOString().slice(0, 10);
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save report bundle'),
    defaultUri: vscode.Uri.file(join(homedir(), `avatar-forge-report-${day}.zip`)),
    filters: { ZIP: ['zip'] },
  });
  if (target === undefined) return undefined;
  await withProgress(vscode.l10n.t('Gathering the report'), async () => {
    const { strToU8, zipSync } = await import('fflate'); // loaded on use
    const files = await gather(services);
    const scrubbed = { secrets: await knownSecrets(services), home: homedir() };
    const entries = Object.entries(files).map(([name, text]) => [name, strToU8(scrub(text, scrubbed))]);
    await writeFile(target.fsPath, zipSync(Object.fromEntries(entries) as Record<string, Uint8Array>));
  });
  const show = vscode.l10n.t('Show in folder');
  void vscode.window
    .showInformationMessage(
      vscode.l10n.t('Saved {0}. Secrets were taken out; read it before you send it.', target.fsPath),
      show,
    )
    .then((chosen) => {
      if (chosen === show) void vscode.commands.executeCommand('revealFileInOS', target);
    });
  return target.fsPath;
};

async function gather(services: Services): Promise<Readonly<Record<string, string>>> {
  const { installation, workstations, audit, logFolder } = services;
  const { report } = await examine(services);
  const { screenUrl, ...workstation } = workstations.info();
  const versions = {
    'avatar-forge': installation.version,
    editor: `${vscode.env.appName} ${vscode.version}`,
    remote: vscode.env.remoteName ?? null,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    // The address itself may let its reader in.
    workstation: { ...workstation, hasScreen: screenUrl !== null },
  };
  const lines = await audit.lines();
  return {
    'versions.json': JSON.stringify(versions, null, 2),
    'settings.json': JSON.stringify(vscode.workspace.getConfiguration('avatarForge'), null, 2),
    'doctor.md': report,
    'extension.log': await lastLog(logFolder),
    'workstation.log': workstations.log().join('\n'),
    'audit.jsonl': lines
      .slice(-auditLines)
      .map((line) => JSON.stringify(line))
      .join('\n'),
  };
}

/** What the log channel has written to its file; the editor says where, but not under which name. */
async function lastLog(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => []);
  const texts = await Promise.all(
    names.filter((name) => name.endsWith('.log')).map((name) => readFile(join(folder, name), 'utf8')),
  );
  return texts.join('\n').split('\n').slice(-logLines).join('\n');
}

async function knownSecrets({ secrets, settings }: Services): Promise<readonly string[]> {
  const token = await secrets.token(addressOf(parseEndpoint(settings.get('workstation.endpoint'))));
  const kasm = URL.parse(settings.get('kasm.url'))?.origin;
  const ofKasm = kasm === undefined ? [] : await kasmSecrets(secrets, kasm);
  return [...(token === undefined ? [] : [token]), ...ofKasm];
}

/** Every word that is kept for a Kasm, whatever it is. */
async function kasmSecrets(secrets: Secrets, origin: string): Promise<readonly string[]> {
  const kept = await Promise.all([
    secrets.kasm('key', origin).load(),
    secrets.kasm('sessions', origin).load(),
  ]);
  return kept.flatMap((text) => [...(text ?? '').matchAll(/[^"\\\s{}[\],:]{12,}/g)].map(([word]) => word));
}
