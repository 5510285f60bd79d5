import * as vscode from 'vscode';
import { z } from 'zod';
import { withModelFile } from '../../adapters/vrm/withModelFile.ts';
import { ForgeError } from '../../core/errors.ts';
import { kindOf, parseName, withExtension } from '../../core/promotion/names.ts';
import { type Draft, draftPromotion } from '../../core/promotion/draft.ts';
import { refuseErrors } from '../../core/promotion/failures.ts';
import type { PromotionPlan } from '../../core/promotion/plan.ts';
import type { Finding } from '../../core/vrm/finding.ts';
import { readThumbnail } from '../../core/vrm/thumbnail.ts';
import { chooseAvatar } from '../avatars/chooseAvatar.ts';
import { withProgress } from '../progress.ts';
import { carryOut, promotionOptions, tell } from '../promotion/carryOut.ts';
import { commit } from '../promotion/changeAllowlists.ts';
import { branchFor } from '../promotion/commitOnBranch.ts';
import { checkoutOf, openDesk, placesOf } from '../promotion/desk.ts';
import { repositoryOf } from '../promotion/git.ts';
import { askAboutPlan } from '../promotion/planPanel.ts';
import type { Services } from '../services.ts';
import { updateSetting } from '../updateSetting.ts';
import type { Command } from './command.ts';

/** Publishes an export: the plan is shown, a person says yes, then it is carried out. Returns the name it got. */
export const run: Command = async (services, argument) => {
  const title = vscode.l10n.t('Promote avatar');
  const avatar = await chooseAvatar(services, argument, ['export', 'stored'], title);
  if (avatar === undefined) return undefined;
  const production = await productionPlace(services);
  if (production === undefined) return undefined;
  const name = await askName(title, avatar.name);
  if (name === undefined) return undefined;

  const desk = await openDesk(services);
  const isModel = kindOf(avatar.name) === 'model'; // only models are chosen by users
  const register = isModel ? checkoutOf(services) : null;
  const places = desk.opener.places(placesOf(services, production), kindOf(avatar.name));
  const source = await withProgress(vscode.l10n.t('Fetching {0}', avatar.name), (work) =>
    services.avatars.source(avatar, work),
  );
  try {
    const draft = await withProgress(vscode.l10n.t('Making the plan for {0}', avatar.name), (work) =>
      draftPromotion(
        { name, exact: false, profile: desk.profile },
        { ...desk, places, register, source },
        promotionOptions(work),
      ),
    );
    try {
      const { plan } = draft;
      refuseErrors(plan.source.place, plan.findings);
      const word = await askAboutPlan(services, await viewOf(draft));
      if (word === undefined) return undefined;
      const done = await carryOut(services, plan, { ...desk, places, register, source: draft.source });
      tell(done);
      if (word.commit && register !== null) {
        const edited = (done.registered ?? []).map((file) => ({ file }));
        await commit(services, register, edited, done.name, vscode.l10n.t('Register avatar'));
      }
      return done.name;
    } finally {
      await draft.discard();
    }
  } catch (thrown) {
    const findings = findingsOf(thrown);
    if (findings !== null) services.problems.show(await services.avatars.localFile(avatar), findings);
    throw thrown;
  }
};

async function viewOf({ plan, source }: Draft) {
  return { plan, face: await faceOf(source.path, plan), branch: await branchOf(plan) };
}

async function faceOf(path: string | null, { kind }: PromotionPlan): Promise<string | null> {
  if (path === null || kind === 'animation') return null;
  const thumbnail = await withModelFile(path, readThumbnail);
  if (thumbnail === null) return null;
  return `data:${thumbnail.mime};base64,${Buffer.from(thumbnail.bytes).toString('base64')}`;
}

async function branchOf({ register, expected }: PromotionPlan): Promise<string | null> {
  if (register === null || (await repositoryOf(register.place)) === null) return null;
  return branchFor(expected.name);
}

/** The place that is set; where none is, a folder that the user picks and that is set from then on. */
async function productionPlace({ settings }: Services): Promise<string | undefined> {
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
    valueSelection: [0, proposed.replace(/\.vrma?$/i, '').length],
    validateInput: (value) => {
      try {
        parseName(withExtension(value.trim(), kindOf(proposed)));
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
