import type { PromotionPlan } from '../../core/promotion/plan.ts';
import type { Difference, ModelSummary } from '../../core/promotion/summary.ts';
import { bytesText, countText, type Translate } from '../text.ts';
import { html, type Html } from './html.ts';

/** The model beside the version in production, row by row; null where nothing is known of it. */
export function comparison({ model, previous, differences }: PromotionPlan, t: Translate): Html | null {
  if (model === null) return null;
  const before = previous?.model ?? null;
  const head =
    before === null || previous === null
      ? null
      : html`<thead>
          <tr>
            <td></td>
            <th scope="col">${t('In production: {0}', previous.name)}</th>
            <th scope="col">${t('This one')}</th>
            <th scope="col">${t('Change')}</th>
          </tr>
        </thead>`;
  const rows = rowsOf(t).map(({ label, value, change }) => {
    const found = differences.filter((one) => change(one));
    const old = before === null ? null : html`<td>${value(before)}</td>`;
    const delta =
      before === null ? null : html`<td class="change">${found.map((one) => changeText(one, t))}</td>`;
    return html`<tr>
      <th scope="row">${label}</th>
      ${old}
      <td>${value(model)}</td>
      ${delta}
    </tr>`;
  });
  const permissions = differences.filter(({ what }) => what === 'license').filter(isPermission);
  const title = before === null ? t('What it is') : t('What is new');
  return html`<h2>${title}</h2>
    <table>
      ${head}
      <tbody>
        ${rows} ${permissions.map((one) => permissionRow(one, t))}
      </tbody>
    </table>`;
}

interface Row {
  readonly label: string;
  readonly value: (model: ModelSummary) => string;
  readonly change: (difference: Difference) => boolean;
}

function rowsOf(t: Translate): readonly Row[] {
  const count = (label: string, what: 'triangles' | 'materials' | 'bones'): Row => ({
    label,
    value: (model) => countText(model[what]),
    change: (one) => one.what === what,
  });
  return [
    { label: t('Size'), value: ({ bytes }) => bytesText(bytes), change: ({ what }) => what === 'bytes' },
    count(t('Triangles'), 'triangles'),
    count(t('Materials'), 'materials'),
    count(t('Bones'), 'bones'),
    {
      label: t('Textures'),
      value: ({ textures, texturePixels }) =>
        t('{0}, {1} megapixels', textures, (texturePixels / 1e6).toFixed(1)),
      change: ({ what }) => what === 'textures' || what === 'texturePixels',
    },
    {
      label: t('Expressions'),
      value: ({ expressions }) => String(expressions.length),
      change: ({ what }) => what === 'expressions',
    },
    {
      label: t('Licence'),
      value: ({ license }) => licenceText(license, t),
      change: (one) => one.what === 'license' && !isPermission(one),
    },
  ];
}

/** VRM's usual licence is an address that says little to people. */
function licenceText(licence: string | null, t: Translate): string {
  if (licence === null) return t('none');
  return /^https:\/\/vrm\.dev\/licenses\/1\.0\/?$/.test(licence) ? 'VRM 1.0' : licence;
}

type Permission = Difference & { readonly what: 'license'; readonly permission: string };

function isPermission(difference: Difference): difference is Permission {
  return difference.what === 'license' && difference.permission !== undefined;
}

function permissionRow({ permission, before, after }: Permission, t: Translate): Html {
  return html`<tr>
    <th scope="row">${capital(wordsOf(permission))}</th>
    <td>${valueText(before, t)}</td>
    <td>${valueText(after, t)}</td>
    <td class="change">${t('changed')}</td>
  </tr>`;
}

/** `allowRedistribution` → `allow redistribution` */
function wordsOf(name: string): string {
  return name.replaceAll(
    /([a-z])([A-Z])/g,
    (_, end: string, start: string) => `${end} ${start.toLowerCase()}`,
  );
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function valueText(value: string | boolean | null, t: Translate): string {
  if (value === null) return t('not said');
  return typeof value === 'boolean' ? (value ? t('yes') : t('no')) : wordsOf(value);
}

function changeText(difference: Difference, t: Translate): Html {
  switch (difference.what) {
    case 'expressions': {
      const { added, removed } = difference;
      return html`${added.map((name) => html`<span class="added">+${name}</span> `)}${removed.map(
        (name) => html`<span class="removed">−${name}</span> `,
      )}`;
    }
    case 'license':
      return html`${t('changed')}`;
    case 'bytes':
      return html`${signed(difference.after - difference.before, bytesText)}`;
    case 'texturePixels': {
      const megapixels = (pixels: number): string => `${(pixels / 1e6).toFixed(1)} MP`;
      return html`${signed(difference.after - difference.before, megapixels)} `;
    }
    case 'triangles':
    case 'materials':
    case 'bones':
    case 'textures':
      return html`${signed(difference.after - difference.before, countText)} `;
  }
}

function signed(delta: number, text: (value: number) => string): string {
  return `${delta < 0 ? '−' : '+'}${text(Math.abs(delta))}`;
}
