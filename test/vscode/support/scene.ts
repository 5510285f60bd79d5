import type { Editor } from './editor.ts';
import { result } from './tools.ts';

/** Of `get_scene_info`, what the tests look at. */
interface Scene {
  readonly blender: string;
  readonly objects: readonly { readonly name: string }[];
}

/** The names of the objects in the real Blender. */
export async function objectsOf(editor: Editor): Promise<readonly string[]> {
  const { objects } = await result<Scene>(editor, 'get_scene_info', { fields: ['objects'], limit: 100 });
  return objects.map(({ name }) => name);
}
