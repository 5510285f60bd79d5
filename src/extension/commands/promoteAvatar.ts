import { userInfo } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { z } from 'zod';
import { promotionsFolder } from '../../adapters/home.ts';
import { FolderTarget } from '../../adapters/storage/folder.ts';
import { JournalFolder } from '../../adapters/storage/journalFile.ts';
import { StagingFolder } from '../../adapters/storage/staging.ts';
import { vrmGate } from '../../adapters/storage/vrmGate.ts';
import { KhronosValidator } from '../../adapters/vrm/khronos.ts';
import { ForgeError } from '../../core/errors.ts';
import { parseName, withExtension } from '../../core/promotion/names.ts';
import { draftPromotion } from '../../core/promotion/draft.ts';
import { refuseErrors } from '../../core/promotion/failures.ts';
import type { PromotionPlan } from '../../core/promotion/plan.ts';
import { promote, type PromotionOutcome } from '../../core/promotion/promote.ts';
import type { PromotionOptions } from '../../core/promotion/wiring.ts';
import type { Finding } from '../../core/vrm/finding.ts';
import { chooseAvatar } from '../avatars/chooseAvatar.ts';
import { type Work, withProgress } from '../progress.ts';
import { planRows, promotedFraction, stepText } from '../promotionText.ts';
import { review } from '../review.ts';
import type { Services } from '../services.ts';
import { updateSetting } from '../updateSetting.ts';
import type { Command } from './command.ts';

const profile = 'app';

/** Publishes an export in the production folder: the plan is shown, the user confirms, then it runs. Returns the name it got. */
export const run: Command = async (services, argument) => {
  const title = vscode.l10n.t('Promote avatar');
  const avatar = await chooseAvatar(services, argument, ['export', 'stored'], title);
  if (avatar === undefined) return undefined;
  const folder = await productionFolder(services);
  if (folder === undefined) return undefined;
  const name = await askName(title, avatar.name);
  if (name === undefined) return undefined;

  const state = promotionsFolder(services.home());
  const staging = new StagingFolder(join(state, 'staging'));
  const ports = {
    places: { production: new FolderTarget(folder), mirror: null, cdn: null, publicUrl: null },
    gate: vrmGate(new KhronosValidator()),
    register: null,
  };
  const source = await withProgress(vscode.l10n.t('Fetching {0}', avatar.name), (work) =>
    services.avatars.source(avatar, work),
  );
  const draft = await withProgress(vscode.l10n.t('Looking at both ends'), (work) =>
    draftPromotion({ name, exact: false, profile }, { ...ports, source, staging }, promotionOptions(work)),
  );
  try {
    const { plan } = draft;
    if (!(await isConfirmed(title, plan))) return undefined;
    const journal = await new JournalFolder(state).open(plan);
    const told = { audit: services.audit, who: `person ${userInfo().username}` };
    const done = await withProgress(vscode.l10n.t('Promoting {0}', plan.expected.name), (work) =>
      promote(plan, { ...ports, ...told, source: draft.source, journal }, promotionOptions(work)),
    );
    tell(services, done);
    return done.name;
  } catch (thrown) {
    const findings = findingsOf(thrown);
    if (findings !== null) services.problems.show(await services.avatars.localFile(avatar), findings);
    throw thrown;
  } finally {
    await draft.discard();
  }
};

async function isConfirmed(title: string, plan: PromotionPlan): Promise<boolean> {
  refuseErrors(plan.source.place, plan.findings);
  const action = await review({
    title,
    rows: planRows(plan, vscode.l10n.t),
    actions: [
      {
        action: 'promote',
        label: vscode.l10n.t('$(rocket) Publish {0}', plan.expected.name),
        detail: vscode.l10n.t('For ever: a promoted file never changes'),
      },
    ],
  });
  return action === 'promote';
}

function tell(services: Services, done: PromotionOutcome): void {
  services.log.info(`${done.outcome}: ${done.name} in ${done.place}, sha256 ${done.sha256}`);
  services.avatars.refresh();
  void vscode.window.showInformationMessage(
    done.outcome === 'promoted'
      ? vscode.l10n.t('{0} is published in {1}.', done.name, done.place)
      : vscode.l10n.t('{0} is already in {1}, with the same bytes.', done.name, done.place),
  );
}

function promotionOptions({ signal, onProgress }: Work): PromotionOptions {
  return {
    signal,
    onProgress: (progress) =>
      onProgress({ fraction: promotedFraction(progress), message: stepText(progress.step, vscode.l10n.t) }),
  };
}

/** The folder that is set; where none is, one that the user picks and that is set from then on. */
async function productionFolder({ settings }: Services): Promise<string | undefined> {
  const set = settings.get('production.folder');
  if (set !== '') return set;
  const [picked] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Choose the production folder'),
      openLabel: vscode.l10n.t('Publish here'),
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  if (picked === undefined) return undefined;
  await updateSetting('production.folder', picked.fsPath);
  return picked.fsPath;
}

async function askName(title: string, proposed: string): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('The name in production; a taken name moves on to the next version'),
    value: proposed,
    valueSelection: [0, proposed.replace(/\.vrm$/i, '').length],
    validateInput: (value) => {
      try {
        parseName(withExtension(value.trim()));
        return undefined;
      } catch (thrown) {
        return thrown instanceof ForgeError ? thrown.message : String(thrown);
      }
    },
  });
}

/** Of a gate that refused: they came from our own validators. */
function findingsOf(thrown: unknown): readonly Finding[] | null {
  if (!(thrown instanceof ForgeError) || thrown.code !== 'gate-refused') return null;
  const parsed = z.object({ findings: z.array(z.custom<Finding>()) }).safeParse(thrown.data);
  return parsed.success ? parsed.data.findings : null;
}
