import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { toForgeError } from '../../core/errors.ts';
import {
  emptyJournal,
  follow,
  isOvertaken,
  isUnfinished,
  type Journal,
  type JournalEntry,
  type JournalState,
} from '../../core/promotion/journal.ts';
import { planKey, type PromotionPlan } from '../../core/promotion/plan.ts';
import { promotionSteps } from '../../core/promotion/steps.ts';
import { codeOf } from './folderErrors.ts';
import { isRunning, type Promoter, thisPromoter } from './partials.ts';

const ending = '.jsonl';

/** What plans of another version of this program lack is found out here, not in the middle of a promotion. */
const isPlan = (value: unknown): boolean =>
  z
    .object({ name: z.string(), source: z.object({ sha256: z.string() }), copies: z.array(z.unknown()) })
    .safeParse(value).success;

const at = z.string();
/** The process that is at it from this line on. */
const by: z.ZodType<Promoter> = z.object({ host: z.string(), pid: z.number() });
const lasting = ['publish', 'read-back', 'seal', 'mirror', 'cdn', 'cdn-check', 'register'] as const;
const entrySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('begin'), at, plan: z.custom<PromotionPlan>(isPlan), by }),
  z.object({ kind: z.literal('step'), at, step: z.enum(promotionSteps) }),
  z.object({ kind: z.literal('done'), at, step: z.enum(lasting), name: z.string() }),
  z.object({ kind: z.literal('stop'), at }),
  z.object({ kind: z.literal('abandon'), at }),
  z.object({ kind: z.literal('end'), at, name: z.string() }),
]);
type JournalLine = z.output<typeof entrySchema>;

/**
 * Journals of promotions as files of JSON lines in a folder of this machine's, one for each {@link planKey}. Lines are only ever
 * added, and those that tell what was done are on the disk before the promotion goes on; one that a crash tore is skipped. Errors: `journal-failed`.
 */
export class JournalFolder {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** The journal of that plan, with what earlier runs wrote in it; what a running process is at is not this one's to go on with. */
  async open(plan: PromotionPlan): Promise<Journal> {
    const path = join(this.folder, planKey(plan) + ending);
    return this.#attempt(async () => {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      const text = await readFile(path, 'utf8').catch(whenMissing(''));
      const lines = linesOf(text);
      const earlier = isUnderWay(lines) ? emptyJournal : stateOf(lines);
      return new JournalFile(path, earlier, text === '' || text.endsWith('\n'));
    });
  }

  /** Promotions that were ended before their end, that nobody is at, and that no later one has overtaken; the oldest first. */
  async unfinished(): Promise<readonly JournalState[]> {
    const all = await this.#journals();
    const states = all.filter((one) => isLeft(one, all)).map(({ state }) => state);
    return states.toSorted((a, b) => (a.since ?? '').localeCompare(b.since ?? ''));
  }

  /** Removes journals that are done with; returns their keys. */
  async sweep(): Promise<readonly string[]> {
    const all = await this.#journals();
    const done = all.filter((one) => !isLeft(one, all) && !(one.isUnderWay && isUnfinished(one.state)));
    await this.#attempt(() =>
      Promise.all(done.map(({ file }) => rm(join(this.folder, file), { force: true }))),
    );
    return done.map(({ file }) => file.slice(0, -ending.length));
  }

  async #journals(): Promise<readonly Kept[]> {
    return this.#attempt(async () => {
      const files = (await readdir(this.folder).catch(whenMissing<string[]>([]))).filter((file) =>
        file.endsWith(ending),
      );
      const texts = files.map((file) => readFile(join(this.folder, file), 'utf8').catch(whenMissing('')));
      return (await Promise.all(texts)).map((text, n) => {
        const lines = linesOf(text);
        return { file: files[n] ?? '', state: stateOf(lines), isUnderWay: isUnderWay(lines) };
      });
    });
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      throw journalError(thrown, this.folder);
    }
  }
}

/** A journal of the folder. */
interface Kept {
  readonly file: string;
  readonly state: JournalState;
  readonly isUnderWay: boolean;
}

/** Whether there is something to go on with. */
function isLeft({ state, isUnderWay: busy }: Kept, all: readonly Kept[]): boolean {
  return !busy && isUnfinished(state) && !all.some((other) => isOvertaken(state, other.state));
}

class JournalFile implements Journal {
  readonly #path: string;
  #state: JournalState;
  #isWhole: boolean;

  constructor(path: string, state: JournalState, isWhole: boolean) {
    this.#path = path;
    this.#state = state;
    this.#isWhole = isWhole;
  }

  get state(): JournalState {
    return this.#state;
  }

  async append(entry: JournalEntry): Promise<void> {
    try {
      const handle = await open(this.#path, 'a', 0o600);
      try {
        // A torn last line is closed first, lest this one become a part of it.
        const line = entry.kind === 'begin' ? { ...entry, by: thisPromoter() } : entry;
        await handle.appendFile(`${this.#isWhole ? '' : '\n'}${JSON.stringify(line)}\n`);
        if (entry.kind !== 'step') await handle.datasync();
      } finally {
        await handle.close();
      }
    } catch (thrown) {
      throw journalError(thrown, this.#path);
    }
    this.#isWhole = true;
    this.#state = follow(this.#state, entry);
  }
}

/** Skips what is no line of a journal: one that was torn, or that another version wrote. */
function linesOf(text: string): readonly JournalLine[] {
  return text.split('\n').flatMap((line) => {
    try {
      const parsed = entrySchema.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}

function stateOf(lines: readonly JournalLine[]): JournalState {
  return lines.reduce(follow, emptyJournal);
}

/** Whether the process that began last is still at it. */
function isUnderWay(lines: readonly JournalLine[]): boolean {
  const last = lines.findLast(({ kind }) => kind !== 'step' && kind !== 'done');
  if (last?.kind !== 'begin') return false;
  return isRunning(last.by, Date.parse(lines.at(-1)?.at ?? last.at), Date.now(), thisPromoter());
}

function whenMissing<T>(instead: T): (thrown: unknown) => T {
  return (thrown) => {
    if (codeOf(thrown) === 'ENOENT') return instead;
    throw thrown;
  };
}

function journalError(thrown: unknown, place: string): Error {
  return toForgeError(
    thrown,
    'journal-failed',
    `The journal of promotions in ${place} cannot be kept`,
    'Make that folder writable and see that its disk has room, or name another home in AVATAR_FORGE_HOME.',
  );
}
