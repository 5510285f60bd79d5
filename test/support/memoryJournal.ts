import {
  emptyJournal,
  follow,
  type Journal,
  type JournalEntry,
  type JournalState,
} from '../../src/core/promotion/journal.ts';

/** A journal that is gone with its test. */
export class MemoryJournal implements Journal {
  readonly entries: JournalEntry[] = [];
  state: JournalState = emptyJournal;

  append(entry: JournalEntry): Promise<void> {
    this.entries.push(entry);
    this.state = follow(this.state, entry);
    return Promise.resolve();
  }
}
