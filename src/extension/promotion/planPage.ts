import type { LeftOut, PlannedCopy, PromotionPlan } from '../../core/promotion/plan.ts';
import type { Guarantee } from '../../core/promotion/ports.ts';
import type { Registration } from '../../core/promotion/registration.ts';
import { diffOf } from '../../core/register/plan.ts';
import { needWord } from '../../core/promotion/word.ts';
import { condenseInfos } from '../../core/vrm/condense.ts';
import type { Finding } from '../../core/vrm/finding.ts';
import { roleText } from '../promotionText.ts';
import { bytesText, type Translate } from '../text.ts';
import { comparison } from './comparison.ts';
import { html, type Html } from './html.ts';

/** A promotion's plan as a page for a person to read before it runs. */
export interface PlanView {
  readonly plan: PromotionPlan;
  /** The model's own picture, as a `data:` address; null where it has none. */
  readonly face: string | null;
  /** The branch on which the allowlists could be committed; null where that cannot be. */
  readonly branch: string | null;
}

export interface PlanAssets {
  readonly cspSource: string;
  readonly scriptUrl: string;
  readonly styleUrl: string;
  readonly language: string;
}

export function planPage(view: PlanView, assets: PlanAssets, t: Translate): string {
  const policy = [
    `default-src 'none'`,
    `script-src ${assets.cspSource}`,
    `style-src ${assets.cspSource}`,
    `img-src data:`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return html`<!doctype html>
    <html lang="${assets.language}">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <title>${t('Promote avatar')}</title>
        <link rel="stylesheet" href="${assets.styleUrl}" />
      </head>
      <body>
        ${planBody(view, t)}
        <script type="module" src="${assets.scriptUrl}"></script>
      </body>
    </html>`.html;
}

/** Everything but the page around it. */
function planBody(view: PlanView, t: Translate): Html {
  const { plan } = view;
  return html`<main>
      ${heading(view, t)} ${licence(plan, t)} ${comparison(plan, t)} ${findings(plan.findings, t)}
      ${places(plan, t)} ${allowlists(plan, t)}
      <details>
        <summary>${t('The file, to the last byte')}</summary>
        <p>${t('From')} <code>${plan.source.place}</code></p>
        <p>SHA-256 <code>${plan.source.sha256}</code></p>
      </details>
    </main>
    ${footer(view, t)}`;
}

/** Before everything else: what only its maker can know. */
function licence({ findings }: PromotionPlan, t: Translate): Html | null {
  if (needWord(findings).length === 0) return null;
  return html`<p class="finding warning" role="note">
    <strong>${t('Its licence forbids to pass the model on.')}</strong>
    ${t('A published file is passed on to everybody who opens a page with it, for ever. Publish it only if you made it, or its author lets you.')}
  </p>`;
}

function heading({ plan, face }: PlanView, t: Translate): Html {
  const { expected, name, profile, source } = plan;
  const isNew = expected.state === 'free';
  const title = isNew ? t('Publish {0}?', expected.name) : t('{0} is published already', expected.name);
  const why = !isNew
    ? t('Production has these very bytes under that name. What is missing elsewhere is brought up to date.')
    : expected.name === name
      ? t('The name is free. A published file never changes, and its name is never used again.')
      : t('{0} is taken, so this is its next version. A published file never changes.', name);
  const held =
    profile === 'app'
      ? t('{0}, held against the specification and the companion app’s needs.', bytesText(source.size))
      : t('{0}, held against the profile {1}.', bytesText(source.size), profile);
  const picture = face === null ? null : html`<img class="face" src="${{ html: face }}" alt="" />`;
  return html`<header>
    ${picture}
    <div>
      <h1>${title}</h1>
      <p>${why}</p>
      <p class="soft">${held}</p>
    </div>
  </header>`;
}

function findings(all: readonly Finding[], t: Translate): Html | null {
  const warnings = all.filter(({ severity }) => severity === 'warning');
  const infos = condenseInfos(all).filter(({ severity }) => severity === 'info');
  const item = ({ severity, code, message, next }: Finding): Html =>
    html`<li class="finding ${severity}">
      ${message} <span class="soft">${next}</span> <code class="soft">${code}</code>
    </li>`;
  const count =
    warnings.length === 0
      ? t('Checked: no errors, no warnings')
      : warnings.length === 1
        ? t('Checked: 1 warning')
        : t('Checked: {0} warnings', warnings.length);
  const more =
    infos.length === 0
      ? null
      : html`<details>
          <summary>${t('Notes: {0}', infos.length)}</summary>
          <ul>
            ${infos.map(item)}
          </ul>
        </details>`;
  return html`<h2>${count}</h2>
    <ul>
      ${warnings.map(item)}
    </ul>
    ${more}`;
}

function places({ copies, publicUrl, register, leftOut }: PromotionPlan, t: Translate): Html {
  const made = copies.map(
    ({ role, place, guarantee }: PlannedCopy) =>
      html`<li>
        <span>${roleText(role, t)}</span>
        <span class="place"
          ><code>${place}</code><br /><span class="soft">${guaranteeText(guarantee, t)}</span></span
        >
      </li>`,
  );
  const served =
    publicUrl === null
      ? null
      : html`<li>
          <span>${t('Public address')}</span>
          <span class="place"
            ><code>${publicUrl}</code><br /><span class="soft"
              >${t('Fetched from there and compared')}</span
            ></span
          >
        </li>`;
  const lists =
    register === null
      ? null
      : html`<li>
          <span>${t('Allowlists')}</span>
          <span class="place"
            ><code>${register.place}</code><br /><span class="soft">${registerText(register, t)}</span></span
          >
        </li>`;
  const out = leftOut.map(
    (role) =>
      html`<li class="out"><span>${leftOutText(role, t)}</span> <span>${whyLeftOut(role, t)}</span></li>`,
  );
  return html`<h2>${t('Where it goes, in this order')}</h2>
    <ol class="places">
      ${made} ${served} ${lists}
    </ol>
    <ul class="places" aria-label="${t('Left out')}">
      ${out}
    </ul>`;
}

function registerText({ edits, newer }: Registration, t: Translate): string {
  if (newer !== null) return t('Stay as they are: they name {0}, which is newer', newer);
  return edits.length === 0 ? t('Have the name already') : t('Edited as shown below');
}

function guaranteeText(guarantee: Guarantee, t: Translate): string {
  switch (guarantee) {
    case 'link':
      return t('Create-only: the name is given in one step that fails if it is taken');
    case 'conditional-put':
      return t('Create-only: the server refuses a name that is taken');
    case 'look-first':
      return t('Looked at before and read back after: this place has nothing surer');
  }
}

function leftOutText(role: LeftOut, t: Translate): string {
  switch (role) {
    case 'mirror':
    case 'cdn':
      return roleText(role, t);
    case 'public-url':
      return t('Public address');
    case 'register':
      return t('Allowlists');
  }
}

function whyLeftOut(role: LeftOut, t: Translate): string {
  switch (role) {
    case 'mirror':
      return t('Left out: avatarForge.production.mirror is not set');
    case 'cdn':
      return t('Left out: avatarForge.production.cdn is not set');
    case 'public-url':
      return t('Left out: avatarForge.production.cdnUrl is not set, so nobody looks at what the CDN serves');
    case 'register':
      return t('Left out: avatarForge.companion.checkout is not set, so no user can choose it yet');
  }
}

function allowlists({ register }: PromotionPlan, t: Translate): Html | null {
  if (register === null || register.edits.length === 0) return null;
  return html`<h2>${t('What changes in the companion app')}</h2>
    ${diffHtml(diffOf(register.edits), t)}`;
}

/** A unified diff, line by line. */
function diffHtml(diff: string, t: Translate): Html {
  const lines = diff.split('\n').filter((line) => line !== '' && !line.startsWith('--- '));
  return html`<pre tabindex="0" aria-label="${t('Changes of the allowlists')}">${lines.map(diffLine)}</pre>`;
}

function diffLine(line: string): Html {
  if (line.startsWith('+++ ')) return html`<span class="file">${line.replace(/^\+\+\+ b\//, '')}</span>`;
  const kind = line.startsWith('+')
    ? 'plus'
    : line.startsWith('-')
      ? 'minus'
      : line.startsWith('@')
        ? 'hunk'
        : '';
  return html`<span class="${kind}">${line}</span>`;
}

function footer({ plan, branch }: PlanView, t: Translate): Html {
  const isNew = plan.expected.state === 'free';
  const named = needWord(plan.findings);
  const warnings = plan.findings.filter((one) => one.severity === 'warning' && !named.includes(one)).length;
  const accept =
    named.length === 0
      ? null
      : html`<label
          ><input type="checkbox" id="accept" data-needed />${t(
            'I may publish it, although its licence forbids to pass it on',
          )}</label
        >`;
  const word =
    warnings === 0 || !isNew
      ? null
      : html`<label
          ><input type="checkbox" id="read" data-needed />${
            warnings === 1
              ? t('I have read the warning, and publish it all the same')
              : t('I have read the {0} warnings, and publish it all the same', warnings)
          }</label
        >`;
  const commit =
    branch === null || (plan.register?.edits.length ?? 0) === 0
      ? null
      : html`<label
          ><input
            type="checkbox"
            id="commit"
          />${t('Commit the allowlists on a new branch, {0}', branch)}</label
        >`;
  return html`<footer>
    ${accept} ${word} ${commit}
    <div class="buttons">
      <button id="publish" type="button" disabled>
        ${isNew ? t('Publish {0}', plan.expected.name) : t('Bring everything up to date')}
      </button>
      <button id="leave" type="button" class="second">${t('Leave everything as it is')}</button>
    </div>
  </footer>`;
}
