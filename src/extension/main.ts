import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { AuditLog } from '../adapters/auditLog.ts';
import { findInstallation, promotionsFolder } from '../adapters/home.ts';
import { reasonOf } from '../core/errors.ts';
import { CodeApprover } from './approval/approver.ts';
import { CodeDocuments } from './approval/codeDocuments.ts';
import { askAboutCode } from './approval/dialog.ts';
import { Previews } from './avatars/previews.ts';
import { showExport } from './avatars/showExport.ts';
import { Problems } from './avatars/problems.ts';
import { AvatarStore } from './avatars/store.ts';
import { registerCommands } from './commands/index.ts';
import type { ControlServer } from './control/controlServer.ts';
import { auditFileOf, homeOf } from './home.ts';
import { buildOf, serverLaunch } from './mcp/definition.ts';
import { registerMcpServer } from './mcp/provider.ts';
import { proxyVariables, withProxy } from './mcp/proxy.ts';
import { Pages } from './pages.ts';
import { productionFolder } from './productionFolder.ts';
import { profileOf } from './profile.ts';
import { Served } from './promotion/served.ts';
import { Secrets } from './secrets.ts';
import type { Services } from './services.ts';
import { Settings } from './settings.ts';
import { registerViews } from './views/index.ts';
import { providers } from './workstations/index.ts';
import { CurrentWorkstation } from './workstations/service.ts';

/** Set while active: the editor calls {@link deactivate} without telling of what. */
let shutDown: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const startedAt = performance.now();
  const { env } = process;
  const installation = findInstallation(context.extensionPath);
  const log = vscode.window.createOutputChannel('Avatar Forge', { log: true });
  const settings = new Settings(vscode.workspace);
  const secrets = new Secrets(context.secrets);
  const network = () => withProxy(env, vscode.workspace);
  const home = (): string => homeOf(settings, env);
  const detail = (message: string): void =>
    settings.get('logLevel') === 'debug' ? log.info(message) : log.debug(message);

  const workstations = new CurrentWorkstation({
    settings,
    secrets,
    installation,
    env,
    home,
    network,
    providers,
    log: { info: (message) => log.info(message), warn: (message) => log.warn(message), debug: detail },
  });
  const { blender } = workstations;
  const documents = new CodeDocuments();
  const approver = new CodeApprover({
    policy: () => settings.get('codePolicy'),
    ask: (question, signal) => askAboutCode(documents, question, signal),
    blender,
  });
  const avatars = new AvatarStore({
    places: () => ({
      home: workstations.info().provider === 'thisMachine' ? home() : null,
      production: settings.get('production.folder') || null,
      remote: settings.get('storage.exportsRemote') || null,
    }),
    blender,
    isConnected: () => ['ready', 'busy'].includes(workstations.state.is),
    openRemote: async (place, kind) => {
      const { openStorage } = await import('./promotion/openStorage.ts'); // loaded on use
      const { RemoteModels } = await import('./avatars/remoteModels.ts');
      return new RemoteModels((await openStorage({ home, secrets, settings })).opener, place, kind);
    },
    profile: () => profileOf(settings),
    cache: context.globalStorageUri.fsPath,
  });
  const served = new Served(settings);
  const services: Services = {
    installation,
    settings,
    secrets,
    network,
    log,
    workstations,
    approver,
    blender,
    home,
    get audit() {
      return new AuditLog(auditFileOf(settings, env));
    },
    avatars,
    served,
    unfinishedItem: vscode.window.createStatusBarItem(
      'avatarForge.unfinished',
      vscode.StatusBarAlignment.Left,
      19,
    ),
    previews: new Previews({
      media: installation.media,
      icons: context.asAbsolutePath('media/icons'),
      log,
      production: () => productionFolder(settings),
      isCopy: (file) => avatars.copies.has(file),
      profile: () => profileOf(settings),
    }),
    problems: new Problems(),
    pages: new Pages(),
    storageFolder: context.globalStorageUri.fsPath,
    logFolder: context.logUri.fsPath,
  };

  let control: Promise<ControlServer> | undefined;
  const listen = async (): Promise<ControlServer> =>
    (await import('./control/controlServer.ts')).ControlServer.listen({
      version: installation.version,
      warn: (message) => log.warn(message),
      handlers: {
        endpoint: async () => ({ ...(await workstations.endpoint()), label: workstations.info().label }),
        approve: (question, signal) => approver.rule(question, signal),
        serviceKeys: () => secrets.serviceKeys(),
        exported: ({ name }) => {
          log.info(`exported ${name}`);
          avatars.refresh();
          if (settings.get('preview.openOnExport')) void showExport(services, name);
        },
        activity: (news, source) => workstations.noteActivity(news, source),
        progress: ({ tool, message }) => detail(`${tool}: ${message}`),
        ended: (source) => workstations.forgetActivity(source),
      },
    });
  const build = buildOf(installation.cli);
  build.catch(() => undefined); // told when the server is asked for

  context.subscriptions.push(
    log,
    settings,
    documents,
    approver,
    avatars,
    served,
    services.unfinishedItem,
    services.previews,
    services.problems,
    services.pages,
    { dispose: () => void control?.then((server) => server.dispose()) },
    registerMcpServer({
      launch: async () =>
        serverLaunch({ installation, execPath: process.execPath, home: home(), build: await build }),
      admit: async () => (await (control ??= listen())).admit(),
      proxy: () => proxyVariables(vscode.workspace),
      onDidChange: (listener) =>
        vscode.Disposable.from(settings.onDidChange(listener), workstations.onDidReplace(listener)),
    }),
    workstations.onDidReplace(() => {
      approver.forgetRun();
      void control?.then((server) => server.replaced());
    }),
    workstations.onDidRestart(() => void offerCheckpoint()),
    registerCommands(services),
    registerViews(services),
  );
  warnOfSettings(settings);
  void resumeLater(services);
  shutDown = () => workstations.dispose();
  log.info(
    `Avatar Forge ${installation.version}: activated in ${Math.round(performance.now() - startedAt)} ms`,
  );
}

export async function deactivate(): Promise<void> {
  await shutDown?.();
}

/** Looks for promotions that did not end; nothing is loaded where none was ever begun. */
async function resumeLater(services: Services): Promise<void> {
  if (!existsSync(promotionsFolder(services.home()))) return;
  try {
    const { offerToResume } = await import('./promotion/resume.ts'); // loaded on use
    await offerToResume(services);
  } catch (thrown) {
    services.log.warn(`unfinished promotions: ${reasonOf(thrown)}`);
  }
}

async function offerCheckpoint(): Promise<void> {
  const restore = vscode.l10n.t('Restore Checkpoint…');
  const message = vscode.l10n.t('Blender ended by itself and was started again, with an empty scene.');
  if ((await vscode.window.showWarningMessage(message, restore)) === restore) {
    await vscode.commands.executeCommand('avatarForge.restoreCheckpoint');
  }
}

function warnOfSettings(settings: Settings): void {
  for (const name of settings.invalid()) {
    const message = vscode.l10n.t(
      'The value of {0} cannot be used; the default is, until you correct it.',
      name,
    );
    const open = vscode.l10n.t('Open Settings');
    void vscode.window.showWarningMessage(message, open).then((answer) => {
      if (answer === open) void vscode.commands.executeCommand('workbench.action.openSettings', name);
    });
  }
}
