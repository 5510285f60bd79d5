import { markdownText } from '../../core/markdown.ts';
import type { VrmVersion } from '../../core/vrm/model.ts';
import type { Avatar, AvatarDetails, AvatarKind } from '../avatars/avatar.ts';
import type { ServedState } from '../promotion/served.ts';
import { bytesText, type Translate } from '../text.ts';
import { servedMarks, servedSentences } from './servedText.ts';

/** What the Avatars view says, as plain functions. */

export function kindText(kind: AvatarKind, t: Translate): string {
  switch (kind) {
    case 'project':
      return t('Projects');
    case 'export':
      return t('Exports');
    case 'stored':
      return t('Stored exports');
    case 'promoted':
      return t('Promoted');
    case 'animation':
      return t('Promoted animations');
  }
}

/** Beside the name: `9.0 MB · VRM 1.0 · 2 errors`. */
export function avatarDescription(
  avatar: Avatar,
  details: AvatarDetails | null,
  t: Translate,
  served: ServedState | null = null,
): string {
  const size = bytesText(avatar.size);
  const where = served === null ? [] : servedMarks(served, t);
  if (details === null) return [...where, size].join(' · ');
  const { version } = details;
  const findings = version === null ? '' : findingsText(details, t);
  return [...where, size, version === null ? t('no VRM') : `VRM ${version}`, findings]
    .filter((part) => part !== '')
    .join(' · ');
}

/** `2 errors, 1 warning`; empty where there is neither. */
export function findingsText(
  { counts: { errors, warnings } }: Pick<AvatarDetails, 'counts'>,
  t: Translate,
): string {
  const parts: string[] = [];
  if (errors > 0) parts.push(errors === 1 ? t('1 error') : t('{0} errors', errors));
  if (warnings > 0) parts.push(warnings === 1 ? t('1 warning') : t('{0} warnings', warnings));
  return parts.join(', ');
}

/** For screen readers, which have no picture and no badge. */
export function avatarLabel(
  avatar: Avatar,
  details: AvatarDetails | null,
  t: Translate,
  served: ServedState | null = null,
): string {
  const kinds: Readonly<Record<AvatarKind, string>> = {
    project: t('project'),
    export: t('export'),
    stored: t('stored export'),
    promoted: t('promoted avatar'),
    animation: t('promoted animation'),
  };
  const parts = [`${avatar.name}, ${kinds[avatar.kind]}`, avatarDescription(avatar, details, t)];
  if (isVrm(details) && findingsText(details, t) === '') parts.push(t('no findings'));
  if (served !== null) parts.push(...servedSentences(served, avatar.size, t));
  return parts.join(', ').replaceAll(' · ', ', ');
}

/** The hover, in Markdown. `picture` is an address relative to the thumbnails' folder. */
export function avatarTooltip(
  avatar: Avatar,
  details: AvatarDetails | null,
  picture: string | null,
  served: ServedState | null,
  t: Translate,
  locale: string,
): string {
  const facts = [
    bytesText(avatar.size),
    new Date(avatar.modifiedMs).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' }),
  ];
  if (isVrm(details)) {
    facts.push(`VRM ${details.version}`, t('{0} triangles', details.triangles.toLocaleString(locale)));
    if (details.heightM !== null) facts.push(t('{0} m tall', details.heightM.toFixed(2)));
  }
  const findings = details === null ? '' : findingsText(details, t);
  const lines = [
    `**${markdownText(details?.title ?? avatar.name)}**`,
    ...(picture === null ? [] : [`![${t('Thumbnail')}](${picture}|width=160)`]),
    facts.map((fact) => markdownText(fact)).join(' · '),
    ...(findings === '' ? [] : [markdownText(t('{0}: run Check VRM to see them.', findings))]),
    ...(avatar.kind === 'promoted' || avatar.kind === 'animation'
      ? [markdownText(t('Promoted: this file never changes.'))]
      : []),
    ...(served === null ? [] : servedSentences(served, avatar.size, t).map((text) => markdownText(text))),
  ];
  return lines.join('\n\n');
}

/** At most two characters beside the name, as the Explorer marks its files; null where all is well or not known. */
export function badgeOf(
  details: AvatarDetails | null,
): { readonly badge: string; readonly is: 'error' | 'warning' } | null {
  if (!isVrm(details)) return null;
  const { errors, warnings } = details.counts;
  if (errors > 0) return { badge: errors > 9 ? '9+' : String(errors), is: 'error' };
  if (warnings > 0) return { badge: warnings > 9 ? '9+' : String(warnings), is: 'warning' };
  return null;
}

function isVrm(details: AvatarDetails | null): details is AvatarDetails & { readonly version: VrmVersion } {
  return details !== null && details.version !== null;
}
