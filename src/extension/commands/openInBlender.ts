import * as vscode from 'vscode';
import { z } from 'zod';
import { audited } from '../audited.ts';
import { chooseAvatar } from '../avatars/chooseAvatar.ts';
import { withProgress } from '../progress.ts';
import type { Command } from './command.ts';

const opened = z.object({ created: z.array(z.string()), notes: z.array(z.string()).optional() });

/** Opens an export in Blender, beside what is there. Returns the names of its objects, the armature's first. */
export const run: Command = async (services, argument) => {
  const title = vscode.l10n.t('Open avatar in Blender');
  const avatar = await chooseAvatar(services, argument, ['export'], title);
  if (avatar === undefined) return undefined;
  const params = { objects: [{ kind: 'vrm', name: avatar.name }] };
  const answer = await withProgress(vscode.l10n.t('Opening {0} in Blender', avatar.name), (work) =>
    audited(services, 'create_object', params, () =>
      services.blender.call('create_object', params, { ...work, deadlineMs: 120_000 }),
    ),
  );
  const { created, notes = [] } = opened.parse(answer);
  services.log.info(`opened ${avatar.name} in Blender: ${created.join(', ')}. ${notes.join(' ')}`);
  return created;
};
