import { userInfo } from 'node:os';
import * as vscode from 'vscode';
import { changeAudited } from '../../adapters/register/changeAudited.ts';
import { ForgeError } from '../../core/errors.ts';
import type { AllowlistEdit } from '../../core/promotion/ports.ts';
import type { Change } from '../../core/register/change.ts';
import { review } from '../review.ts';
import type { Services } from '../services.ts';
import { checkoutOf } from './desk.ts';
import { branchFor, commitOnBranch } from './commitOnBranch.ts';
import type { EditorCheckout } from './editorCheckout.ts';
import { repositoryOf } from './git.ts';

/** The checkout that is set. Error: `no-checkout`. */
export function theCheckout(services: Services): EditorCheckout {
  const checkout = checkoutOf(services);
  if (checkout !== null) return checkout;
  throw new ForgeError(
    'no-checkout',
    vscode.l10n.t('No checkout of the companion app is set.'),
    vscode.l10n.t('Set avatarForge.companion.checkout to its folder.'),
  );
}

/** Shows a change of the allowlists as a diff and, when a person says so, applies it. Returns whether it is so now. */
export async function changeAllowlists(
  services: Services,
  title: string,
  checkout: EditorCheckout,
  change: Change,
): Promise<boolean> {
  const plan = await checkout.plan(change);
  const edits = await checkout.edits(change);
  const name = change.kind === 'replace' ? change.to : change.name;
  if (plan.isDone) {
    void vscode.window.showInformationMessage(vscode.l10n.t('All is so already: nothing to change.'));
    return true;
  }
  const shown = await showDiff(services, title, checkout, edits);
  const repository = await repositoryOf(checkout.place);
  const branch = branchFor(name);
  const copied = plan.files.flatMap((file) => file.copied);
  const action = await review({
    title,
    rows: [
      ...plan.files.map(({ list, after, file }) => ({ label: list, value: `${after.join(', ')} · ${file}` })),
      ...copied.map((member) => ({
        label: vscode.l10n.t('Taken over from the entry before'),
        value: member,
      })),
    ],
    actions: [
      {
        action: 'apply',
        label: vscode.l10n.t('$(check) Apply'),
        detail: vscode.l10n.t('As one edit, which can be undone'),
      },
      ...(repository === null
        ? []
        : [
            {
              action: 'commit' as const,
              label: vscode.l10n.t('$(git-commit) Apply and commit on a new branch'),
              detail: branch,
            },
          ]),
    ],
  });
  await close(shown);
  if (action === undefined) return false;
  const told = { audit: services.audit, who: `person ${userInfo().username}`, where: checkout.place };
  await changeAudited({ change, edits }, told, () => checkout.apply(edits));
  if (action === 'commit' && repository !== null) await commit(services, checkout, edits, name, title);
  else void vscode.window.showInformationMessage(vscode.l10n.t('The allowlists are written.'));
  return true;
}

/** Commits edits that were applied, on a branch named after the model. */
export async function commit(
  services: Services,
  checkout: EditorCheckout,
  edits: readonly Pick<AllowlistEdit, 'file'>[],
  name: string,
  message: string,
): Promise<void> {
  const repository = await repositoryOf(checkout.place);
  if (repository === null) return;
  const files = edits.map(({ file }) => checkout.uriOf(file).fsPath);
  const told = `${message}: ${name}`;
  const branch = await commitOnBranch(repository, branchFor(name), files, told, vscode.l10n.t);
  if (branch === null) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Nothing was to be committed: the allowlists are as they were.'),
    );
    return;
  }
  services.log.info(`committed ${name} on ${branch}`);
  void vscode.window.showInformationMessage(
    vscode.l10n.t('The allowlists are committed on the branch {0}.', branch),
  );
}

/** One editor with all files: as they are, beside as they would be. */
async function showDiff(
  { pages }: Services,
  title: string,
  checkout: EditorCheckout,
  edits: readonly AllowlistEdit[],
): Promise<readonly vscode.Uri[]> {
  const rows = edits.map(({ file, after }) => {
    const current = checkout.uriOf(file);
    return [current, current, pages.write(`allowlists/${file}`, after)] as const;
  });
  await vscode.commands.executeCommand('vscode.changes', title, rows);
  return rows.map(([, , after]) => after);
}

async function close(shown: readonly vscode.Uri[]): Promise<void> {
  const isOurs = (uri: vscode.Uri): boolean => shown.some((one) => one.toString() === uri.toString());
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => {
      const diffs: unknown = input instanceof Object && 'textDiffs' in input ? input.textDiffs : [];
      return (
        Array.isArray(diffs) &&
        diffs.some((diff) => diff instanceof vscode.TabInputTextDiff && isOurs(diff.modified))
      );
    });
  if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
}
