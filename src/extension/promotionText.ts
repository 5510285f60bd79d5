import type { PromotionPlan, Settlement } from '../core/promotion/plan.ts';
import type { PromotionProgress, PromotionStep } from '../core/promotion/steps.ts';
import type { ReviewRow } from './review.ts';
import { bytesText, type Translate } from './text.ts';

/** What is said of a promotion, as plain functions. */

export function planRows(
  { source, production, expected, profile }: PromotionPlan,
  t: Translate,
): readonly ReviewRow[] {
  return [
    { label: t('Name'), value: `${expected.name}: ${settlementText(expected, t)}` },
    { label: t('From'), value: source.place },
    { label: t('To'), value: production.place },
    { label: t('Size'), value: bytesText(source.size) },
    { label: source.digest.algorithm.toUpperCase(), value: source.digest.hex },
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

const order: readonly PromotionStep[] = [
  'inspect',
  'copy',
  'compare',
  'check',
  'publish',
  'read-back',
  'seal',
];

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
  }
}

/** 0…1 over all steps, each counted alike. */
export function promotedFraction({ step, bytes, total }: PromotionProgress): number {
  return (order.indexOf(step) + (total === 0 ? 0 : bytes / total)) / order.length;
}
