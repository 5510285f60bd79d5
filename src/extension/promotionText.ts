import type { Role } from '../core/promotion/plan.ts';
import { type PromotionProgress, type PromotionStep, promotionSteps } from '../core/promotion/steps.ts';
import { bytesText, type Translate } from './text.ts';

/** What is said of a promotion, as plain functions. */

export function roleText(role: Role, t: Translate): string {
  switch (role) {
    case 'production':
      return t('Production');
    case 'mirror':
      return t('Mirror');
    case 'cdn':
      return t('CDN');
  }
}

/** `Copying: 12.3 MB of 30.0 MB` */
export function progressText({ step, bytes, total }: PromotionProgress, t: Translate): string {
  const what = stepText(step, t);
  return total === 0 ? what : t('{0}: {1} of {2}', what, bytesText(bytes), bytesText(total));
}

function stepText(step: PromotionStep, t: Translate): string {
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
