import type { PromotionPlan } from '../core/promotion/plan.ts';
import type { Settlement } from '../core/promotion/settle.ts';
import { type PromotionProgress, type PromotionStep, promotionSteps } from '../core/promotion/steps.ts';
import type { ReviewRow } from './review.ts';
import { bytesText, type Translate } from './text.ts';

/** What is said of a promotion, as plain functions. */

export function planRows(
  { source, copies, expected, profile }: PromotionPlan,
  t: Translate,
): readonly ReviewRow[] {
  return [
    { label: t('Name'), value: `${expected.name}: ${settlementText(expected, t)}` },
    { label: t('From'), value: source.place },
    ...copies.map(({ place }) => ({ label: t('To'), value: place })),
    { label: t('Size'), value: bytesText(source.size) },
    { label: 'SHA256', value: source.sha256 },
    {
      label: t('Held against'),
      value:
        profile === 'app' ? t("the specification and the companion app's needs") : t('the specification'),
    },
  ];
}

function settlementText({ state }: Settlement, t: Translate): string {
  switch (state) {
    case 'free':
      return t('free');
    case 'same':
      return t('already there with the same bytes');
    case 'taken':
      return t('taken by other bytes');
  }
}

export function stepText(step: PromotionStep, t: Translate): string {
  switch (step) {
    case 'inspect':
      return t('Looking at the folder');
    case 'copy':
      return t('Copying');
    case 'compare':
      return t('Comparing');
    case 'check':
      return t('Checking every rule');
    case 'publish':
      return t('Publishing');
    case 'read-back':
      return t('Reading back');
    case 'seal':
      return t('Sealing');
    case 'fetch':
      return t('Fetching');
    case 'mirror':
      return t('Copying to the mirror');
    case 'cdn':
      return t('Copying to the CDN');
    case 'cdn-check':
      return t('Looking at what the CDN serves');
    case 'register':
      return t('Registering the name');
  }
}

/** 0…1 over all steps, each counted alike. */
export function promotedFraction({ step, bytes, total }: PromotionProgress): number {
  return (promotionSteps.indexOf(step) + (total === 0 ? 0 : bytes / total)) / promotionSteps.length;
}
