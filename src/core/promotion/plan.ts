import { canonicalJson, sha256 } from '../audit.ts';
import type { Finding } from '../vrm/finding.ts';
import type { PromotionKind } from './names.ts';
import type { Content, Digest, Guarantee, PromotionProfile } from './ports.ts';
import type { Registration } from './registration.ts';
import type { Settlement } from './settle.ts';
import type { Difference, ModelSummary } from './summary.ts';

/** Where the bytes go: published in production first, then copied to the others under the same name. */
export type Role = 'production' | 'mirror' | 'cdn';

/** What a person asks for. */
export interface PromotionRequest {
  /** The name in production; default: the source's own. */
  readonly name?: string | undefined;
  /** This name or none; otherwise a taken name moves on to the next version. */
  readonly exact: boolean;
  readonly profile: PromotionProfile;
}

export interface PlannedCopy {
  readonly role: Role;
  readonly place: string;
  /** How sure the name is there. */
  readonly guarantee: Guarantee;
}

/** A role nobody fills; `public-url`: the CDN's copy is not fetched and compared, `register`: the allowlists stay as they are. */
export type LeftOut = 'mirror' | 'cdn' | 'public-url' | 'register';

/** What a promotion would do, as a value: plain JSON that can be shown, kept in a journal and run later. */
export interface PromotionPlan {
  readonly kind: PromotionKind;
  readonly source: {
    readonly place: string;
    readonly size: number;
    /** What the bytes must hash to when they are copied. */
    readonly sha256: string;
    /** The hash their store keeps of them, and with which they were compared; null where it keeps none. */
    readonly stored: Digest | null;
  };
  readonly name: string;
  readonly exact: boolean;
  readonly profile: PromotionProfile;
  /** As things are now. The name is decided when it is published, for others may come first. */
  readonly expected: Settlement;
  /** In the order they are made, production first. */
  readonly copies: readonly PlannedCopy[];
  /** Where everybody would fetch the file; null without a public URL. */
  readonly publicUrl: string | null;
  readonly leftOut: readonly LeftOut[];
  /**
   * What the gate says now, of production's own file where that has the bytes; it is asked again about bytes that are copied. Empty
   * where other bytes have the name.
   */
  readonly findings: readonly Finding[];
  /** Null for animations, and where other bytes have the name. */
  readonly model: ModelSummary | null;
  /** The newest version in production now, other than these very bytes; null where there is none. */
  readonly previous: { readonly name: string; readonly model: ModelSummary | null } | null;
  /** From that one to this. */
  readonly differences: readonly Difference[];
  /** What registering the expected name would edit; null without a checkout. */
  readonly register: ({ readonly place: string } & Registration) | null;
}

export function contentOf({ source }: Pick<PromotionPlan, 'source'>): Content {
  return { size: source.size, digest: { algorithm: 'sha256', hex: source.sha256 } };
}

/** What the plan says of a place that has a role in it. */
export function copyOf({ copies }: Pick<PromotionPlan, 'copies'>, role: Role): PlannedCopy {
  const planned = copies.find((one) => one.role === role);
  if (planned === undefined) throw new TypeError(`the plan knows no ${role}`);
  return planned;
}

/** The same for promotions that would do the same thing, however things stand now: by it a journal is found again. */
export function planKey({
  source,
  name,
  exact,
  profile,
  copies,
  publicUrl,
  register,
}: PromotionPlan): string {
  const what = { from: source.place, sha256: source.sha256, name, exact, profile };
  const where = { copies: copies.map(({ role, place }) => [role, place]), register: register?.place ?? null };
  const served = publicUrl?.replace(/[^/]*$/, '') ?? null;
  return sha256(canonicalJson({ ...what, ...where, served })).slice(0, 24);
}
