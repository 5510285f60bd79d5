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
