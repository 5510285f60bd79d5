import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { draftPromotion } from '../../../src/core/promotion/draft.ts';
import { isOfKind, type PromotionKind } from '../../../src/core/promotion/names.ts';
import type { PromotionRequest } from '../../../src/core/promotion/plan.ts';
import { promote, type PromotionOutcome } from '../../../src/core/promotion/promote.ts';
import type { PromotionOptions, PromotionPorts } from '../../../src/core/promotion/wiring.ts';
import type {
  Content,
  Digest,
  Gate,
  KeptBytes,
  Source,
  Staged,
  Staging,
  Target,
  Verdict,
} from '../../../src/core/promotion/ports.ts';
import type { Finding } from '../../../src/core/vrm/finding.ts';

export const hash = (text: string, algorithm: Digest['algorithm'] = 'sha256'): string =>
  createHash(algorithm).update(text).digest('hex');

/** A place in memory; `beforePublish` is what others do between a look and a name. */
export class FakeTarget implements Target {
  readonly place: string;
  readonly files = new Map<string, string>();
  readonly seals = new Map<string, string>();
  staged = 0;
  beforePublish: (name: string) => void = () => undefined;
  /** Names a stale listing does not show. */
  hidden: readonly string[] = [];

  constructor(place = 'memory') {
    this.place = place;
  }

  guarantee(): Promise<'link'> {
    return Promise.resolve('link');
  }

  names(): Promise<string[]> {
    return Promise.resolve([...this.files.keys()].filter((name) => !this.hidden.includes(name)));
  }

  async list(kind: PromotionKind) {
    const names = (await this.names()).filter((name) => isOfKind(name, kind));
    return names.map((name) => ({ name, size: this.#at(name).length, modifiedMs: 0 }));
  }

  async holds(name: string, { size, digest }: Content): Promise<boolean> {
    const text = this.files.get(name);
    return text?.length === size && (await this.digest(name, digest.algorithm)) === digest.hex;
  }

  digest(name: string, algorithm: Digest['algorithm']): Promise<string> {
    return Promise.resolve(hash(this.#at(name), algorithm));
  }

  async stage(_name: string, bytes: AsyncIterable<Uint8Array>): Promise<Staged> {
    let text = '';
    for await (const chunk of bytes) text += Buffer.from(chunk).toString();
    return this.#staged(text);
  }

  /** Files of this machine are their own text here. */
  stageFile(_name: string, path: string): Promise<Staged> {
    return Promise.resolve(this.#staged(path));
  }

  fetch(name: string) {
    return Promise.resolve({ path: this.#at(name), discard: () => Promise.resolve() });
  }

  seal(name: string, sha256: string): Promise<void> {
    return Promise.resolve(void this.seals.set(name, sha256));
  }

  sweep(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  #staged(text: string): Staged {
    this.staged++;
    return {
      path: text,
      sha256: () => Promise.resolve(hash(text)),
      readBack: (name) => this.digest(name, 'sha256'),
      publish: (name) => {
        this.beforePublish(name);
        if (this.files.has(name)) return Promise.resolve('taken');
        this.files.set(name, text);
        return Promise.resolve('published');
      },
      withdraw: (name) => Promise.resolve(this.files.delete(name)),
      discard: () => {
        this.staged--;
        return Promise.resolve();
      },
    };
  }

  #at(name: string): string {
    const text = this.files.get(name);
    assert.ok(text !== undefined, name);
    return text;
  }
}

/** Plans and promotes; nothing is left in the staging folder. */
export async function runFake(
  source: Source,
  { staging, ...ports }: Omit<PromotionPorts, 'source' | 'who'> & { readonly staging: FakeStaging },
  request: Partial<PromotionRequest> = {},
  options: PromotionOptions = {},
): Promise<PromotionOutcome> {
  const asked = { exact: false, profile: 'none', ...request } as const;
  const draft = await draftPromotion(asked, { ...ports, source, staging }, options);
  try {
    return await promote(draft.plan, { ...ports, who: 'me', source: draft.source }, options);
  } finally {
    await draft.discard();
    assert.equal(staging.kept, 0);
  }
}

/** A file of a remote, whose bytes are `text`. */
export function fakeSource(
  text: string,
  described: { digest?: Digest | null; size?: number; name?: string } = {},
): Source & { reads: number } {
  return {
    place: 'fake:A.vrm',
    path: null,
    reads: 0,
    inspect() {
      const { digest = null, size = text.length, name = 'A.vrm' } = described;
      return Promise.resolve({ name, size, digest });
    },
    mark: () => Promise.resolve(null),
    async *read() {
      this.reads++;
      for (const character of text) yield await Promise.resolve(Buffer.from(character));
    },
  };
}

/** Keeps in memory what has to be here; files of this machine are their own text. */
export class FakeStaging implements Staging {
  kept = 0;

  async keep(
    _name: string,
    bytes: AsyncIterable<Uint8Array>,
    onWritten?: (piece: Uint8Array) => void,
  ): Promise<KeptBytes> {
    let text = '';
    for await (const chunk of bytes) text += Buffer.from(chunk).toString();
    onWritten?.(Buffer.from(text));
    this.kept++;
    return {
      path: text,
      read: () => fakeSource(text).read(),
      mark: () => Promise.resolve(null),
      discard: () => {
        this.kept--;
        return Promise.resolve();
      },
    };
  }

  sweep(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }
}

export const finding = (severity: Finding['severity']): Finding => ({
  code: 'some-rule',
  severity,
  message: 'It is so.',
  next: 'Mend it.',
  where: {},
  spec: null,
});

export const verdict = (...findings: Finding[]): Verdict => ({ findings, summary: null });

/** Judges by the text of a file. */
export const gateOf = (judge: (text: string) => Verdict): Gate => ({
  check: (path) => Promise.resolve(judge(path)),
  summarise: () => Promise.resolve(null),
});
