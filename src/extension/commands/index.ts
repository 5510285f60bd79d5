import * as vscode from 'vscode';
import { showError } from '../failure.ts';
import type { Services } from '../services.ts';
import { checkVrm } from './checkVrm.ts';
import { clearToken } from './clearToken.ts';
import type { CommandSpec } from './command.ts';
import { connect } from './connect.ts';
import { copyMcpConfiguration } from './copyMcpConfiguration.ts';
import { copyUrl } from './copyUrl.ts';
import { doctor } from './doctor.ts';
import { downloadAvatar } from './downloadAvatar.ts';
import { exportVrm } from './exportVrm.ts';
import { previewAvatar } from './previewAvatar.ts';
import { promoteAvatar } from './promoteAvatar.ts';
import { refreshAvatars } from './refreshAvatars.ts';
import { reportBundle } from './reportBundle.ts';
import { restoreCheckpoint } from './restoreCheckpoint.ts';
import { runDemoPrompt } from './runDemoPrompt.ts';
import { saveCheckpoint } from './saveCheckpoint.ts';
import { setToken } from './setToken.ts';
import { showAuditLog } from './showAuditLog.ts';
import { showWorkstationLog } from './showWorkstationLog.ts';
import { startWorkstation } from './startWorkstation.ts';
import { stopWorkstation } from './stopWorkstation.ts';
import { takeScreenshot } from './takeScreenshot.ts';
import { undoRun } from './undoRun.ts';

/** Every command; package.json declares each by the same id. */
const commands: readonly CommandSpec[] = [
  connect,
  startWorkstation,
  stopWorkstation,
  showWorkstationLog,
  runDemoPrompt,
  takeScreenshot,
  saveCheckpoint,
  restoreCheckpoint,
  undoRun,
  exportVrm,
  checkVrm,
  previewAvatar,
  promoteAvatar,
  downloadAvatar,
  copyUrl,
  refreshAvatars,
  showAuditLog,
  doctor,
  reportBundle,
  copyMcpConfiguration,
  setToken,
  clearToken,
];

/** Registers them all; what one throws is shown to the user, and its caller gets nothing. */
export function registerCommands(services: Services): vscode.Disposable {
  return vscode.Disposable.from(
    ...commands.map(({ id, run }) =>
      vscode.commands.registerCommand(id, async (argument: unknown) => {
        try {
          return await run(services, argument);
        } catch (thrown) {
          showError(services.log, thrown);
          return undefined;
        }
      }),
    ),
  );
}
