import { readFile } from 'node:fs/promises';
import type { Gate } from '../../core/promotion/ports.ts';
import { summaryOf } from '../../core/promotion/summary.ts';
import { checkVrm } from '../../core/vrm/check.ts';
import { type Profile, PROFILES } from '../../core/vrm/profile.ts';
import { checkWhole, type GltfValidator } from '../../core/vrm/validator.ts';

/** The gate of promotion: every rule and the glTF validator on the bytes of one file. Errors: `validator-failed`. */
export function vrmGate(validator: GltfValidator, app: Profile = PROFILES.app): Gate {
  return {
    check: async (path, profile, kind) => {
      const bytes = await readFile(path);
      const options = { profile: profile === 'app' ? app : PROFILES.spec, isAnimation: kind === 'animation' };
      const { findings, facts } = await checkWhole(validator, bytes, options);
      return { findings, summary: facts === null ? null : summaryOf(facts) };
    },
    summarise: async (path) => {
      const { facts } = checkVrm(await readFile(path));
      return facts === null ? null : summaryOf(facts);
    },
  };
}
