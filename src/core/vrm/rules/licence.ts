import type { VrmModel } from '../model.ts';
import { defineRule } from '../rule.ts';
import { clauses } from '../specLinks.ts';

const META_0 = '#vrm-extension-model-information-jsonextensionsvrmmeta';

export const licence = defineRule({
  name: 'licence',
  codes: {
    'licence-no-redistribution': {
      severity: 'info',
      title: 'The licence forbids to pass the model on',
      next: 'Allow redistribution when exporting, if it is yours to allow: a public web page passes it on.',
      spec: clauses('VRMC_vrm-1.0/meta.md#metaallowredistribution', META_0),
    },
    'licence-contradiction': {
      severity: 'warning',
      title: 'Permissions that contradict each other',
      next: 'Decide which of the two is meant and export again.',
      spec: clauses('VRMC_vrm-1.0/meta.md#metamodification', META_0),
    },
    'licence-other-url': {
      severity: 'warning',
      title: 'Another licence, and no address of it',
      next: 'Say where the licence can be read (otherLicenseUrl).',
      spec: clauses('VRMC_vrm-1.0/meta.md#metaotherlicenseurl', META_0),
    },
  },
  check({ version, meta }: VrmModel, report) {
    const { permissions, license, otherLicenseUrl } = meta;
    const passedOn =
      version === '1.0'
        ? permissions['allowRedistribution'] === true
        : license !== 'Redistribution_Prohibited';
    if (!passedOn) {
      report('licence-no-redistribution', { message: 'The model may not be passed on to others.' });
    }
    if (version === '1.0' && !passedOn && permissions['modification'] === 'allowModificationRedistribution') {
      report('licence-contradiction', {
        message: 'What is changed may be passed on, the model itself may not.',
      });
    }
    if (version === '0.x' && license === 'Other' && (otherLicenseUrl ?? '') === '') {
      report('licence-other-url', { message: 'licenseName is Other and nothing says which.' });
    }
  },
});
