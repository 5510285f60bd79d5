import assert from 'node:assert/strict';
import { commitOnBranch, type Repository } from '../../../src/extension/promotion/commitOnBranch.ts';
import { english as t } from './support.ts';

/** A repository in which every branch of `branches` is there, and what was asked of it. */
function repositoryWith(...branches: string[]) {
  const asked: unknown[] = [];
  const answer = (...what: unknown[]): Promise<void> => Promise.resolve(void asked.push(what));
  const repository: Repository = {
    state: { indexChanges: [] },
    getBranch: (name) => (branches.includes(name) ? Promise.resolve({}) : Promise.reject(new Error('none'))),
    createBranch: (name) => answer('branch', name),
    add: (paths) => answer('add', paths),
    commit: (message) => answer('commit', message),
  };
  return { repository, asked };
}

describe('a commit of the allowlists', () => {
  it('has their files alone, on a branch that is new', async () => {
    const { repository, asked } = repositoryWith('avatar/A', 'avatar/A-2');
    assert.equal(await commitOnBranch(repository, 'avatar/A', ['/app/list.go'], 'Register', t), 'avatar/A-3');
    assert.deepEqual(asked, [
      ['branch', 'avatar/A-3'],
      ['add', ['/app/list.go']],
      ['commit', 'Register'],
    ]);
  });

  it('is none where no file was edited, for the Git extension takes no files for all files', async () => {
    const { repository, asked } = repositoryWith();
    assert.equal(await commitOnBranch(repository, 'avatar/A', [], 'Register', t), null);
    assert.deepEqual(asked, []);
  });

  it('is none beside what somebody has staged', async () => {
    const { repository, asked } = repositoryWith();
    const staged = { ...repository, state: { indexChanges: ['theirs'] } };
    await assert.rejects(commitOnBranch(staged, 'avatar/A', ['/app/list.go'], 'Register', t), {
      code: 'staged-changes',
    });
    assert.deepEqual(asked, []);
  });
});
