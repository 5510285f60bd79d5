import { WALL_NAMES } from '../../viewer/backdrop.ts';
import type { Wall } from '../../viewer/backdrop.ts';
import { LIGHTINGS } from '../../viewer/lights.ts';
import type { Lighting } from '../../viewer/lights.ts';
import { OVERLAYS } from '../../viewer/features/overlays.ts';
import type { Overlay } from '../../viewer/features/overlays.ts';
import { SHADINGS } from '../../viewer/features/shading.ts';
import type { Shade } from '../../viewer/features/shading.ts';
import { choice, element, row, toggle } from '../dom.ts';
import type { Panel } from '../panel.ts';

const LIGHT_TEXT: Readonly<Record<Lighting, string>> = {
  studio: 'Studio',
  soft: 'Soft',
  side: 'Side',
  back: 'Back',
  night: 'Night',
};
const WALL_TEXT: Readonly<Record<Wall, string>> = {
  studio: 'Studio',
  dark: 'Dark',
  white: 'White',
  key: 'Green',
};
const SHADE_TEXT: Readonly<Record<Shade, string>> = {
  none: 'Material',
  normal: 'Normals',
  litShadeRate: 'MToon shade',
  uv: 'MToon UV',
};
const OVERLAY_TEXT: Readonly<Record<Overlay, string>> = {
  skeleton: 'Skeleton',
  colliders: 'Colliders',
  springs: 'Springs',
  wireframe: 'Wireframe',
};

export const lookPanel: Panel = {
  id: 'look',
  title: 'Light and overlays',
  build: ({ viewer, say }) => {
    const { stage, features } = viewer;
    const hang = (wall: Wall): void => {
      viewer.wall = wall;
      const holder = stage.canvas.parentElement;
      if (holder !== null) holder.dataset['wall'] = wall;
    };
    const pairs = <T extends string>(
      names: readonly T[],
      texts: Readonly<Record<T, string>>,
    ): readonly (readonly [T, string])[] => names.map((name) => [name, texts[name]]);
    const overlays = OVERLAYS.map((overlay) =>
      toggle(
        OVERLAY_TEXT[overlay],
        () => features.overlays.has(overlay),
        (on) => features.overlays.set(overlay, on),
      ),
    );
    const choose = <T extends string>(
      label: string,
      values: readonly (readonly [T, string])[],
      current: () => T,
      act: (value: T) => void,
    ): HTMLElement => row(label, choice(label, values, current, act));
    return {
      body: element(
        'div',
        {},
        choose(
          'Light',
          pairs(LIGHTINGS, LIGHT_TEXT),
          () => stage.lighting,
          (lighting) => (stage.lighting = lighting),
        ),
        choose('Wall', pairs(WALL_NAMES, WALL_TEXT), () => viewer.wall, hang),
        choose(
          'Surface',
          pairs(SHADINGS, SHADE_TEXT),
          () => features.shading.mode,
          (mode) => {
            features.shading.mode = mode;
            if (SHADE_TEXT[mode].startsWith('MToon') && !features.shading.hasMToon)
              say('The model has no MToon surfaces.');
          },
        ),
        row('Show', element('div', { role: 'group', 'aria-label': 'Show', class: 'choice' }, ...overlays)),
      ),
    };
  },
};
