import { texturesOf } from '../../viewer/materials.ts';
import type { TextureCost } from '../../viewer/materials.ts';
import type { Model } from '../../viewer/model.ts';
import { element, mebibytes } from '../dom.ts';
import type { Panel } from '../panel.ts';

const THUMB = 40;

/** Each picture on the graphics card, the largest first. */
export const texturesPanel: Panel = {
  id: 'textures',
  title: 'Textures',
  build: ({ viewer }) => {
    const list = element('ul', { class: 'textures' });
    let drawn: Model | null = null;
    return {
      body: list,
      // Only while it is open: small pictures of large ones take their time.
      tick: () => {
        if (viewer.model === drawn) return;
        drawn = viewer.model;
        const textures = drawn === null ? [] : texturesOf(drawn.vrm);
        list.replaceChildren(...textures.map(itemOf));
        if (textures.length === 0) list.append(element('li', {}, 'The model has none.'));
      },
    };
  },
};

function itemOf(cost: TextureCost): HTMLElement {
  const { name, roles, width, height, bytes } = cost;
  return element(
    'li',
    {},
    thumbOf(cost),
    element('span', { class: 'what' }, name === '' ? 'unnamed' : name),
    element('span', { class: 'note' }, `${width} × ${height}, ${mebibytes(bytes)} · ${roles.join(', ')}`),
  );
}

function thumbOf({ texture }: TextureCost): HTMLElement {
  const canvas = element('canvas', { width: String(THUMB), height: String(THUMB), 'aria-hidden': 'true' });
  const image: unknown = texture.image;
  if (image instanceof ImageBitmap) canvas.getContext('2d')?.drawImage(image, 0, 0, THUMB, THUMB);
  return canvas;
}
