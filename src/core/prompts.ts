/** Prompts to begin with, in the order of a first visit. */
export interface StarterPrompt {
  readonly name: string;
  readonly title: string;
  readonly text: string;
}

export const starterPrompts: readonly StarterPrompt[] = [
  {
    name: 'fantasy-avatar',
    title: 'A fantasy avatar',
    text: 'Create a humanoid with anime proportions, blue hair and a fantasy outfit. Show me a picture from the front and one of the face.',
  },
  {
    name: 'golden-armor',
    title: 'Gold on the armor',
    text: 'Put metallic gold on the armor, then show me a picture.',
  },
  {
    name: 'export-and-check',
    title: 'Export and check',
    text: 'Export the figure as a VRM 1.0 avatar named Companion, check it, and mend what the check finds.',
  },
  {
    name: 'first-look',
    title: 'What is in the scene?',
    text: 'Tell me what is in the Blender scene, with a turntable picture, and suggest what to improve first.',
  },
];

/** A piece of work with its steps, that a person picks in the client. */
export interface WorkPrompt {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** What the person may add in words. */
  readonly argument: { readonly name: string; readonly description: string };
  /** What is asked; `said` is what the person added, empty for nothing. */
  readonly text: (said: string) => string;
}

const orElse = (said: string, otherwise: string): string => (said.trim() === '' ? otherwise : said.trim());

export const workPrompts: readonly WorkPrompt[] = [
  {
    name: 'make-an-avatar',
    title: 'Make an avatar',
    description: 'From a sentence to a figure that is rigged, expressive and looked at.',
    argument: { name: 'wish', description: 'Who it shall be: hair, eyes, clothes, mood' },
    text: (said) => `Make an avatar: ${orElse(said, 'an anime companion of your choice')}.
1. avatar_scaffold once, with the palette and proportions that fit.
2. set_material and modify_object for what the scaffold does not have; few calls, many objects each.
3. get_screenshot turntable, then expressions. Name what looks wrong, mend it, and look again: turntable or face with compare.
4. Tell me what you made, and what you would do next. Do not export yet.`,
  },
  {
    name: 'rig-check',
    title: 'Check a rig',
    description: 'Whether a figure’s bones make a VRM humanoid, and what is to be done.',
    argument: { name: 'armature', description: 'Its name, where there are several' },
    text: (said) => `Check the rig${said.trim() === '' ? '' : ` of ${said.trim()}`} for VRM.
1. vrm_rig with dry_run: true. Tell me what is missing, what is doubtful and how far the pose is from a T.
2. For each doubtful bone, look at it (get_scene_info fields bones, filter its name) and say which one is right.
3. When I agree, vrm_rig with those in \`bones\`, then get_screenshot front and vrm_physics with dry_run: true.`,
  },
  {
    name: 'face-set-up',
    title: 'Set up a face',
    description: 'Visemes, blinks, emotions and look-at, seen on a sheet.',
    argument: { name: 'armature', description: 'Its name, where there are several' },
    text: (said) => `Set up the face${said.trim() === '' ? '' : ` of ${said.trim()}`}.
1. vrm_face with dry_run: true: which shape keys it found, which it would make.
2. vrm_face. Where it found the wrong shape key, say the right one in \`keys\`; where a made one is in the wrong place, give \`eye\` or \`mouth\`.
3. get_screenshot view expressions: every viseme and the blink must be told apart. Mend those that cannot, and look again.`,
  },
  {
    name: 'ship-it',
    title: 'Ship it',
    description: 'Export, check, mend until the check is clean.',
    argument: { name: 'name', description: 'The file’s name' },
    text: (said) => `Export the figure as ${orElse(said, 'Companion')} and make the check clean.
1. checkpoint create, so that we can go back.
2. vrm_export, with meta.authors from me: ask if you do not know them. An error names the tool that mends it.
3. vrm_check with profile app. Mend each error by its own advice, export under the same name and check again.
4. Tell me size, triangles, bones, expressions and any warning left. Promotion to production is mine to start.`,
  },
];
