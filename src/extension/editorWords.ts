/** Of what errors name: the variable that says it outside the editor, and the setting that says it here. */
const settings: readonly (readonly [RegExp, string])[] = [
  [/\bAVATAR_FORGE_BLENDER\b/g, 'avatarForge.workstation.blenderPath'],
  [/\bAVATAR_FORGE_RCLONE\b/g, 'avatarForge.storage.rclonePath'],
  [/\bAVATAR_FORGE_HEADLESS=1/g, 'avatarForge.workstation.headless'],
  [/\bAVATAR_FORGE_HOME\b/g, 'avatarForge.home'],
  [/\bAVATAR_FORGE_URL\b/g, 'avatarForge.workstation.endpoint'],
  [/--app\b/g, 'avatarForge.companion.checkout'],
  [/--go-list\b/g, 'avatarForge.companion.goList'],
  [/--js-list\b/g, 'avatarForge.companion.jsList'],
  [/--cdn REMOTE:BUCKET\b/g, 'avatarForge.production.cdn'],
  [/AVATAR_FORGE_S3_<ROLE>_ENDPOINT and its keys/g, 'what the command Set Storage Key… keeps'],
  [/--cdn-url\b/g, 'avatarForge.production.cdnUrl'],
  [/ with --production, or name the version to go back to with --to\b/g, ' in avatarForge.production.folder'],
];

/** The message with settings in place of variables, which a user of the editor does not set. */
export function inEditorWords(message: string): string {
  return settings.reduce((text, [variable, setting]) => text.replace(variable, setting), message);
}

/** The setting a message points at, if any. */
export function settingIn(message: string): string | null {
  return /\bavatarForge\.[\w.]*\w/.exec(inEditorWords(message))?.[0] ?? null;
}
