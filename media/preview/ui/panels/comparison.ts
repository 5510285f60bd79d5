import type { LoadedModel } from '../../../../src/protocol/preview.ts';
import { geometryBytes, materialsOf, texturesOf } from '../../viewer/materials.ts';
import type { Model } from '../../viewer/model.ts';
import { button, element, mebibytes, number } from '../dom.ts';
import type { Panel } from '../panel.ts';

/** Another version beside this one, under one camera, and what differs in figures. */
export const comparisonPanel: Panel = {
  id: 'comparison',
  title: 'Side by side',
  build: ({ viewer, can, wish, chooseFile }) => {
    const { comparison } = viewer.features;
    const table = element('table', { class: 'comparison' });
    const stop = button('Stop', () => {
      viewer.endComparison();
      draw();
    });
    const choose = button('Compare with…', () => {
      if (can('choose-comparison')) wish({ type: 'wish', wish: 'choose-comparison' });
      else
        chooseFile('.vrm', async (file) => {
          await viewer.compare({ bytes: await file.arrayBuffer() });
          draw();
        });
    });
    let drawn: Model | null = null;
    const draw = (): void => {
      const { model, loaded } = viewer;
      const other = comparison.model;
      stop.hidden = table.hidden = other === null;
      drawn = other;
      if (model === null || loaded === null || other === null) return;
      table.replaceChildren(
        element('caption', {}, 'This one is on the left.'),
        element(
          'tr',
          {},
          ...['', 'Left', 'Right', 'Change'].map((text) => element('th', { scope: 'col' }, text)),
        ),
        ...figuresOf(model).map(([label, left], n) => {
          const right = figuresOf(other)[n]?.[1] ?? 0;
          const form = label.endsWith('memory') ? mebibytes : number;
          const sign = right > left ? '+' : right < left ? '−' : '';
          return element(
            'tr',
            {},
            element('th', { scope: 'row' }, label),
            ...[form(left), form(right), right === left ? '=' : sign + form(Math.abs(right - left))].map(
              (text) => element('td', {}, text),
            ),
          );
        }),
        expressionsRow(loaded, other),
      );
    };
    draw();
    return {
      body: element('div', {}, element('div', { class: 'actions' }, choose, stop), table),
      show: draw,
      tick: () => {
        if (comparison.model !== drawn) draw();
      },
    };
  },
};

function figuresOf(model: Model): readonly (readonly [label: string, value: number])[] {
  const textures = texturesOf(model.vrm);
  return [
    ['Triangles', model.triangles],
    ['Materials', new Set(materialsOf(model.vrm).map(({ name }) => name)).size],
    ['Bones', model.bones.length],
    ['Expressions', model.expressions.length],
    ['Textures', textures.length],
    ['Texture memory', textures.reduce((sum, { bytes }) => sum + bytes, 0)],
    ['Geometry memory', geometryBytes(model.vrm)],
  ];
}

function expressionsRow({ expressions }: LoadedModel, other: Model): HTMLElement {
  const gone = expressions.filter((name) => !other.expressions.includes(name));
  const come = other.expressions.filter((name) => !expressions.includes(name));
  const text = [...gone.map((name) => `− ${name}`), ...come.map((name) => `+ ${name}`)].join(', ');
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, 'By name'),
    element('td', { colspan: '3' }, text === '' ? 'the same expressions' : text),
  );
}
