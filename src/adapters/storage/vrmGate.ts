import type { Gate } from '../../core/promotion/ports.ts';
import { summaryOf } from '../../core/promotion/summary.ts';
import { checkGlb } from '../../core/vrm/check.ts';
import { type Profile, PROFILES } from '../../core/vrm/profile.ts';
import { readForCheck } from '../../core/vrm/readForCheck.ts';
import { checkReading, type GltfValidator } from '../../core/vrm/validator.ts';
import { withModelFile } from '../vrm/withModelFile.ts';

/** The gate of promotion: every rule and the glTF validator on what one file has, by that profile. Errors: `validator-failed`. */
export function vrmGate(validator: GltfValidator, held: Profile = PROFILES.app): Gate {
  return {
    check: async (path, profile, kind) => {
      const reading = await withModelFile(path, readForCheck);
      const options = {
        profile: profile === 'none' ? PROFILES.spec : held,
        isAnimation: kind === 'animation',
      };
      const { findings, facts } = await checkReading(validator, reading, options);
      return { findings, summary: facts === null ? null : summaryOf(facts) };
    },
    summarise: async (path) => {
      const { glb, totalBytes } = await withModelFile(path, readForCheck);
      const { facts } = checkGlb({ glb, complete: true }, { totalBytes });
      return facts === null ? null : summaryOf(facts);
    },
  };
}
