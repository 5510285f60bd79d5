import * as vscode from 'vscode';
import { showError } from '../failure.ts';
import type { Services } from '../services.ts';
import type { Command } from './command.ts';

/** Every command, loaded when it is first run; package.json declares each as `avatarForge.<name>`. */
const commands: Readonly<Record<string, () => Promise<{ readonly run: Command }>>> = {
  connect: () => import('./connect.ts'),
  startWorkstation: () => import('./startWorkstation.ts'),
  stopWorkstation: () => import('./stopWorkstation.ts'),
  openInBrowser: () => import('./openInBrowser.ts'),
  showWorkstationLog: () => import('./showWorkstationLog.ts'),
  runDemoPrompt: () => import('./runDemoPrompt.ts'),
  takeScreenshot: () => import('./takeScreenshot.ts'),
  saveCheckpoint: () => import('./saveCheckpoint.ts'),
  restoreCheckpoint: () => import('./restoreCheckpoint.ts'),
  undoRun: () => import('./undoRun.ts'),
  exportVrm: () => import('./exportVrm.ts'),
  checkVrm: () => import('./checkVrm.ts'),
  previewAvatar: () => import('./previewAvatar.ts'),
  openInBlender: () => import('./openInBlender.ts'),
  promoteAvatar: () => import('./promoteAvatar.ts'),
  resumePromotion: () => import('./resumePromotion.ts'),
  registerAvatar: () => import('./registerAvatar.ts'),
  unregisterAvatar: () => import('./unregisterAvatar.ts'),
  rollbackAvatar: () => import('./rollbackAvatar.ts'),
  optimiseAvatar: () => import('./optimiseAvatar.ts'),
  downloadAvatar: () => import('./downloadAvatar.ts'),
  copyUrl: () => import('./copyUrl.ts'),
  refreshAvatars: () => import('./refreshAvatars.ts'),
  showAuditLog: () => import('./showAuditLog.ts'),
  doctor: () => import('./doctor.ts'),
  reportBundle: () => import('./reportBundle.ts'),
  copyMcpConfiguration: () => import('./copyMcpConfiguration.ts'),
  setToken: () => import('./setToken.ts'),
  clearToken: () => import('./clearToken.ts'),
  setKasmApiKey: () => import('./setKasmApiKey.ts'),
  clearKasmApiKey: () => import('./clearKasmApiKey.ts'),
  setRelayAgentKey: () => import('./setRelayAgentKey.ts'),
  clearRelayAgentKey: () => import('./clearRelayAgentKey.ts'),
  setHyper3dApiKey: () => import('./setHyper3dApiKey.ts'),
  clearHyper3dApiKey: () => import('./clearHyper3dApiKey.ts'),
  setStorageKey: () => import('./setStorageKey.ts'),
  clearStorageKey: () => import('./clearStorageKey.ts'),
};

/** Registers them all; what one throws is shown to the user, and its caller gets nothing. */
export function registerCommands(services: Services): vscode.Disposable {
  return vscode.Disposable.from(
    ...Object.entries(commands).map(([name, load]) =>
      vscode.commands.registerCommand(`avatarForge.${name}`, async (argument: unknown) => {
        try {
          const { run } = await load();
          return await run(services, argument);
        } catch (thrown) {
          showError(services.log, thrown);
          return undefined;
        }
      }),
    ),
  );
}
