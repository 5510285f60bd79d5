import { effectMeter } from './effects.ts';
import { factsOf } from './facts.ts';
import type { Facts } from './facts.ts';
import { countFindings, sortFindings } from './finding.ts';
import type { Counts, Finding } from './finding.ts';
import { type Glb, readGlb } from './glb.ts';
import { readGltf } from './gltf.ts';
import type { Gltf } from './gltf.ts';
import { objectOrNull } from './json.ts';
import type { VrmModel, VrmVersion } from './model.ts';
import { PROFILES } from './profile.ts';
import type { Profile } from './profile.ts';
import { readVrm0 } from './readVrm0.ts';
import { readVrm1 } from './readVrm1.ts';
import { restBounds } from './restShape.ts';
import { ANIMATION_RULES, FILE_RULES, MODEL_RULES } from './rules/index.ts';
import { Scene } from './scene.ts';

export interface Report {
  /** `null` where the file is no VRM. */
  readonly version: VrmVersion | null;
  readonly profile: string;
  /** Errors first. */
  readonly findings: readonly Finding[];
  readonly counts: Counts;
  /** `null` where the file is no VRM: then a finding says why. */
  readonly facts: Facts | null;
}

export interface CheckOptions {
  /** Default: what the specification asks. */
  readonly profile?: Profile;
  /** Size of the whole file, where `bytes` is only its beginning. */
  readonly totalBytes?: number;
  /** The file is to be a VRM animation (.vrma), which has other rules. */
  readonly isAnimation?: boolean;
}

/**
 * Checks a VRM file, 0.x or 1.0, or an animation for VRMs, by all rules. Never throws on account of the bytes: what cannot be read is a finding.
 * Works on a prefix that holds the JSON chunk (see `prefixBytesForJson`); effects are then bounds.
 */
export function checkVrm(bytes: Uint8Array, options: CheckOptions = {}): Report {
  const { totalBytes = bytes.length } = options;
  return checkGlb(
    { glb: readGlb(bytes, totalBytes), complete: bytes.length >= totalBytes },
    { ...options, totalBytes },
  );
}

/** The same of a file that was read already; `complete`: all of it that a check looks at. */
export function checkGlb(
  { glb, complete }: { readonly glb: Glb; readonly complete: boolean },
  {
    profile = PROFILES.spec,
    totalBytes,
    isAnimation = false,
  }: CheckOptions & { readonly totalBytes: number },
): Report {
  const gltf = readGltf(glb.json, glb.bin);
  const version = versionOf(gltf);
  const file = { glb, gltf, version, complete };
  const model = version === null || isAnimation ? null : readModel(gltf, version);
  const findings = isAnimation
    ? sortFindings(ANIMATION_RULES.flatMap((rule) => rule.run(file, '1.0', profile)))
    : sortFindings([
        ...FILE_RULES.flatMap((rule) => rule.run(file, version ?? '1.0', profile)),
        ...(model === null ? [] : MODEL_RULES.flatMap((rule) => rule.run(model, model.version, profile))),
      ]);
  return {
    version,
    profile: profile.name,
    findings,
    counts: countFindings(findings),
    facts: model === null ? null : factsOf(model, totalBytes),
  };
}

/** A file with both extensions is read as 1.0, as viewers do. */
export function versionOf(gltf: Gltf): VrmVersion | null {
  if (objectOrNull(gltf.extensions['VRMC_vrm']) !== null) return '1.0';
  return objectOrNull(gltf.extensions['VRM']) === null ? null : '0.x';
}

function readModel(gltf: Gltf, version: VrmVersion): VrmModel {
  const scene = new Scene(gltf);
  const parts = version === '1.0' ? readVrm1(gltf) : readVrm0(gltf);
  const effectOf = effectMeter(gltf, scene);
  const expressions = parts.expressions.map((one) => ({ ...one, effect: effectOf(one) }));
  return { ...parts, expressions, version, gltf, scene, bounds: restBounds(gltf, scene) };
}
