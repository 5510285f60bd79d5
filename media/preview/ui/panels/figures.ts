import type { FigureBudget } from '../../../../src/protocol/preview.ts';
import { geometryBytes, materialsOf, texturesOf } from '../../viewer/materials.ts';
import { element, mebibytes, number } from '../dom.ts';
import type { Panel } from '../panel.ts';

interface Figure {
  readonly label: string;
  readonly text: string;
  readonly value?: number;
  readonly most?: number | undefined;
}

/** What the model costs, against the budget. */
export const figuresPanel: Panel = {
  id: 'figures',
  title: 'Figures',
  open: true,
  inChat: true,
  build: ({ viewer }) => {
    const table = element('dl', { class: 'figures' });
    let budget: FigureBudget = {};
    let sizeBytes = 0;
    let still: readonly Figure[] = [];

    const measure = (): void => {
      const { model, loaded } = viewer;
      if (model === null || loaded === null) return;
      const textures = texturesOf(model.vrm);
      const textureBytes = textures.reduce((sum, { bytes }) => sum + bytes, 0);
      const materials = new Set(materialsOf(model.vrm).map(({ name }) => name)).size;
      const bones = countBones(model.vrm.scene);
      const { triangles } = loaded;
      still = [
        { label: 'Triangles', text: number(triangles), value: triangles, most: budget.triangles },
        { label: 'Materials', text: number(materials), value: materials, most: budget.materials },
        { label: 'Bones', text: number(bones), value: bones, most: budget.bones },
        { label: 'Textures', text: number(textures.length) },
        {
          label: 'Texture memory',
          text: mebibytes(textureBytes),
          value: textureBytes / 2 ** 20,
          most: budget.textureMiB,
        },
        { label: 'Geometry memory', text: mebibytes(geometryBytes(model.vrm)) },
        ...(sizeBytes === 0 ? [] : [{ label: 'File', text: mebibytes(sizeBytes) }]),
      ];
      draw();
    };
    const draw = (): void => {
      const { stage } = viewer;
      const { clock } = viewer.loop;
      const live: readonly Figure[] = [
        { label: 'Draw calls', text: number(stage.drawCalls) },
        { label: 'Frame', text: `${clock.workMs.toFixed(1)} ms, ${number(clock.perSecond)} a second` },
      ];
      table.replaceChildren(...[...still, ...live].flatMap(lineOf));
    };
    return {
      body: table,
      show: measure,
      report: (report) => {
        ({ budget, sizeBytes } = report);
        measure();
      },
      tick: draw,
    };
  },
};

function lineOf({ label, text, value, most }: Figure): readonly HTMLElement[] {
  if (value === undefined || most === undefined) return [element('dt', {}, label), element('dd', {}, text)];
  const over = value > most;
  const bar = element('meter', {
    min: '0',
    max: String(most),
    value: String(Math.min(value, most)),
    high: String(0.999 * most),
    optimum: '0',
    'aria-label': `${label}, of ${number(most)}`,
  });
  const words = `${text} of ${number(most)}${over ? ', over budget' : ''}`;
  return [
    element('dt', {}, label),
    element('dd', { class: over ? 'over' : 'within' }, element('span', {}, words), bar),
  ];
}

interface Tree {
  traverse(visit: (object: object) => void): void;
}

/** Joints of skins: what the graphics card moves. */
function countBones(scene: Tree): number {
  const bones = new Set<object>();
  scene.traverse((object) => {
    const skeleton: unknown = Reflect.get(object, 'skeleton');
    if (typeof skeleton !== 'object' || skeleton === null || !('bones' in skeleton)) return;
    for (const bone of skeleton.bones as readonly object[]) bones.add(bone);
  });
  return bones.size;
}
