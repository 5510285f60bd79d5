import { ForgeError } from '../../core/errors.ts';
import { splitVersion } from '../../core/promotion/names.ts';
import type { Translate } from '../text.ts';

/** What of the Git extension's API is used: https://github.com/microsoft/vscode/blob/main/extensions/git/src/api/git.d.ts */
export interface Repository {
  readonly state: { readonly indexChanges: readonly unknown[] };
  createBranch(name: string, checkout: boolean): Promise<void>;
  getBranch(name: string): Promise<unknown>;
  add(paths: string[]): Promise<void>;
  commit(message: string): Promise<void>;
}

/** A branch name for a change of the allowlists: `avatar/Companion-A-v2`. */
export function branchFor(name: string): string {
  const { stem, version } = splitVersion(name);
  const bare = version === 1 ? stem : `${stem}-v${version}`;
  return `avatar/${bare.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').replaceAll(/\.{2,}|\.$/g, '-')}`;
}

/**
 * Commits the files of these paths, and nothing else, on a new branch; returns its name, or null where there are no files. Errors:
 * `staged-changes`, `git-failed`.
 */
export async function commitOnBranch(
  repository: Repository,
  wanted: string,
  files: readonly string[],
  message: string,
  t: Translate,
): Promise<string | null> {
  if (files.length === 0) return null; // the Git extension takes no files for all files
  if (repository.state.indexChanges.length > 0) {
    throw new ForgeError(
      'staged-changes',
      t('The checkout has staged changes, which would be committed with the allowlists.'),
      t('Commit or unstage them, then commit the allowlists yourself: they are written.'),
    );
  }
  try {
    const branch = await freeBranch(repository, wanted);
    await repository.createBranch(branch, true);
    await repository.add([...files]);
    await repository.commit(message);
    return branch;
  } catch (thrown) {
    throw new ForgeError(
      'git-failed',
      t('Git could not commit the allowlists: {0}', gitReason(thrown)),
      t('They are written: commit them yourself.'),
      { cause: thrown },
    );
  }
}

/** The name, or one with a number where a branch has it already. */
async function freeBranch(repository: Repository, wanted: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    const taken = await repository.getBranch(name).then(
      () => true,
      () => false,
    );
    if (!taken) return name;
  }
}

function gitReason(thrown: unknown): string {
  if (
    thrown instanceof Error &&
    'stderr' in thrown &&
    typeof thrown.stderr === 'string' &&
    thrown.stderr !== ''
  )
    return thrown.stderr.trim().split('\n')[0] ?? '';
  return thrown instanceof Error ? thrown.message : String(thrown);
}
