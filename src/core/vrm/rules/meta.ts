import type { VrmModel } from '../model.ts';
import { defineRule } from '../rule.ts';
import { clauses } from '../specLinks.ts';

/** The only address 1.0 accepts; viewers refuse any other. */
const LICENSE_URL = 'https://vrm.dev/licenses/1.0/';

const META_0 = '#vrm-extension-model-information-jsonextensionsvrmmeta';

const VALUES: Readonly<Record<string, readonly string[]>> = {
  avatarPermission: ['onlyAuthor', 'onlySeparatelyLicensedPerson', 'everyone'],
  commercialUsage: ['personalNonProfit', 'personalProfit', 'corporation'],
  creditNotation: ['required', 'unnecessary'],
  modification: ['prohibited', 'allowModification', 'allowModificationRedistribution'],
  allowedUserName: ['OnlyAuthor', 'ExplicitlyLicensedPerson', 'Everyone'],
  violentUssageName: ['Disallow', 'Allow'],
  sexualUssageName: ['Disallow', 'Allow'],
  commercialUssageName: ['Disallow', 'Allow'],
};

const LICENSE_NAMES = [
  ...[
    'Redistribution_Prohibited',
    'CC0',
    'CC_BY',
    'CC_BY_NC',
    'CC_BY_SA',
    'CC_BY_NC_SA',
    'CC_BY_ND',
    'CC_BY_NC_ND',
  ],
  'Other',
];

export const meta = defineRule({
  name: 'meta',
  codes: {
    'meta-name-missing': {
      severity: 'error',
      title: 'The model has no name',
      next: 'Give the model a name when exporting.',
      spec: clauses('VRMC_vrm-1.0/meta.md#metaname-', META_0),
    },
    'meta-authors-missing': {
      severity: 'error',
      title: 'The model has no author',
      next: 'Name at least one author when exporting.',
      spec: clauses('VRMC_vrm-1.0/meta.md#metaauthors-', META_0),
    },
    'meta-license': {
      severity: 'error',
      title: 'The licence is not one VRM knows',
      next: `Set licenseUrl to ${LICENSE_URL}, and say anything beyond it in otherLicenseUrl.`,
      spec: clauses('VRMC_vrm-1.0/meta.md#metalicenseurl-', META_0),
    },
    'meta-value': {
      severity: 'error',
      title: 'A permission with a value VRM does not know',
      next: 'Choose one of the values the specification names.',
      spec: clauses('VRMC_vrm-1.0/meta.md#properties', META_0),
    },
  },
  check({ meta: card, version }: VrmModel, report) {
    const pointer = version === '1.0' ? '/extensions/VRMC_vrm/meta' : '/extensions/VRM/meta';
    // 0.x asks for nothing; a model without name and author is still a nuisance to whoever receives it.
    const severity = version === '1.0' ? 'error' : 'warning';
    const key = (one: string, zero: string): string => `${pointer}/${version === '1.0' ? one : zero}`;
    if ((card.name ?? '').trim() === '') {
      report('meta-name-missing', {
        message: 'The name of the model is missing or empty.',
        where: { pointer: key('name', 'title') },
        severity,
      });
    }
    if (!card.authors.some((author) => author.trim() !== '')) {
      report('meta-authors-missing', {
        message: 'No author is named.',
        where: { pointer: key('authors', 'author') },
        severity,
      });
    }
    if (version === '1.0' && card.license !== LICENSE_URL) {
      report('meta-license', {
        message: `licenseUrl is ${card.license === null ? 'missing' : JSON.stringify(card.license)}; viewers refuse the file.`,
        where: { pointer: `${pointer}/licenseUrl` },
      });
    }
    if (version === '0.x' && !LICENSE_NAMES.includes(card.license ?? '')) {
      report('meta-license', {
        message: `licenseName is ${card.license === null ? 'missing' : JSON.stringify(card.license)}.`,
        next: `Choose one of ${LICENSE_NAMES.join(', ')}.`,
        where: { pointer: `${pointer}/licenseName` },
        severity,
      });
    }
    for (const [name, value] of Object.entries(card.permissions)) {
      const values = VALUES[name];
      if (values !== undefined && !values.some((one) => one === value)) {
        report('meta-value', {
          message: `${name} is ${JSON.stringify(value)}; VRM knows ${values.join(', ')}.`,
          where: { pointer: `${pointer}/${name}` },
        });
      }
    }
  },
});
