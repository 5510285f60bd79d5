import { readFile } from 'node:fs/promises';
import type { Gate } from '../../core/promotion/ports.ts';
import { checkVrm } from '../../core/vrm/check.ts';
import { PROFILES } from '../../core/vrm/profile.ts';
import { type GltfValidator, mergeFindings } from '../../core/vrm/validator.ts';

/** The gate of promotion: every VRM rule and the glTF validator on the bytes of one file. Errors: `validator-failed`. */
export function vrmGate(validator: GltfValidator): Gate {
  return {
    check: async (path, profile) => {
      const bytes = await readFile(path);
      const report = checkVrm(bytes, { profile: profile === 'app' ? PROFILES.app : PROFILES.spec });
      return mergeFindings(report, await validator.validate(bytes)).findings;
    },
  };
}
