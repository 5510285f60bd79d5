import { resolve } from 'node:path';
import * as vscode from 'vscode';
import { ForgeError, toForgeError } from '../core/errors.ts';
import type { Profile } from '../core/vrm/profile.ts';
import type { Settings } from './settings.ts';

/**
 * What avatars are held against in the editor: the profile that is set, of which a file may lie in the first folder of the
 * workspace; the app's own with the triangles that are set. Error: `bad-profile`.
 */
export async function profileOf(settings: Settings): Promise<Profile> {
  const name = settings.get('validation.profile');
  const { PROFILES } = await import('../core/vrm/profile.ts'); // loaded on use, as all that checks
  if (name === '' || name === PROFILES.app.name)
    return { ...PROFILES.app, budget: { triangles: settings.get('budget.triangles') } };
  const { openProfile } = await import('../adapters/vrm/openProfile.ts');
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  try {
    return await openProfile(Object.hasOwn(PROFILES, name) ? name : resolve(folder, name));
  } catch (thrown) {
    const { code, message } = toForgeError(thrown, 'bad-profile', 'The profile cannot be read', '');
    const next = `Correct avatarForge.validation.profile: ${Object.keys(PROFILES).join(', ')}, or a JSON file.`;
    throw new ForgeError(code, message, next, { cause: thrown });
  }
}
