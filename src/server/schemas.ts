import { z } from 'zod';

/** Shapes that several tools share. Metres, degrees, `#rrggbb`. */
export const vector = z.array(z.number()).length(3);
export const colour = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'must be #rrggbb');
export const diff = z.looseObject({ revision: z.number() });
export const fileName = z.string().min(1).max(100);
export const vrmMeta = z.strictObject({
  name: z.string().optional(),
  authors: z.array(z.string()).min(1).optional(),
  version: z.string().optional(),
  contactInformation: z.string().optional(),
  avatarPermission: z.enum(['onlyAuthor', 'onlySeparatelyLicensedPerson', 'everyone']).optional(),
  commercialUsage: z.enum(['personalNonProfit', 'personalProfit', 'corporation']).optional(),
  modification: z.enum(['prohibited', 'allowModification', 'allowModificationRedistribution']).optional(),
  allowRedistribution: z.boolean().optional(),
  creditNotation: z.enum(['required', 'unnecessary']).optional(),
});
