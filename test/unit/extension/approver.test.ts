import assert from 'node:assert/strict';
import type { CodePolicy } from '../../../src/core/policy.ts';
import { CodeApprover, type CodeQuestion } from '../../../src/extension/approval/approver.ts';
import type { Decision } from '../../../src/protocol/control.ts';
import { FakeBlender } from '../../support/fakeBlender.ts';

const never = new AbortController().signal;
const about = (code: string) => ({ code, label: null });

function approver(
  decisions: Decision[],
  policy: { is: CodePolicy } = { is: 'ask' },
  blender = new FakeBlender(),
) {
  const asked: CodeQuestion[] = [];
  const made = new CodeApprover({
    policy: () => policy.is,
    ask: (question) => {
      asked.push(question);
      return Promise.resolve(decisions.shift() ?? assert.fail('asked too often'));
    },
    blender,
  });
  return { made, asked };
}

describe('the approval of code', () => {
  it('asks each time, with warnings and the run before to compare with', async () => {
    const { made, asked } = approver(['once', 'deny', 'once']);
    assert.deepEqual(await made.rule(about('a = 1'), never), { decision: 'once', by: 'person' });
    assert.deepEqual(await made.rule(about('import os; os.remove("x")'), never), {
      decision: 'deny',
      by: 'person',
    });
    await made.rule(about('c'), never);
    assert.deepEqual(
      asked.map(({ warnings, last }) => [warnings, last?.code ?? null]),
      [
        [[], null],
        [['deletes files'], 'a = 1'],
        [[], 'a = 1'],
      ],
    );
    assert.equal(made.lastRun?.code, 'c');
  });

  it('asks no more once code is allowed for the session, until that is forgotten', async () => {
    const { made, asked } = approver(['session', 'deny']);
    await made.rule(about('a'), never);
    assert.deepEqual(await made.rule(about('b'), never), { decision: 'once', by: 'session' });
    assert.equal(made.lastRun?.code, 'b');
    made.forgetSession();
    assert.equal((await made.rule(about('c'), never)).decision, 'deny');
    assert.equal(asked.length, 2);
  });

  it('follows the policy as it is now, a session’s permission or not', async () => {
    const policy: { is: CodePolicy } = { is: 'ask' };
    const { made } = approver(['session'], policy);
    await made.rule(about('a'), never);
    policy.is = 'deny';
    assert.deepEqual(await made.rule(about('b'), never), { decision: 'deny', by: 'policy' });
    assert.equal(made.lastRun?.code, 'a');
    policy.is = 'allow';
    assert.deepEqual(await made.rule(about('c'), never), { decision: 'once', by: 'policy' });
  });

  it('asks one question at a time', async () => {
    let open = 0;
    const made = new CodeApprover({
      policy: () => 'ask',
      ask: async () => {
        assert.equal((open += 1), 1);
        await new Promise((resolve) => setTimeout(resolve, 5));
        open -= 1;
        return 'once';
      },
      blender: new FakeBlender(),
    });
    await Promise.all(['a', 'b', 'c'].map((code) => made.rule(about(code), never)));
    assert.equal(made.lastRun?.code, 'c');
  });

  it('does not ask what nobody waits for any more', async () => {
    const { made, asked } = approver([]);
    assert.equal((await made.rule(about('a'), AbortSignal.abort())).decision, 'deny');
    assert.equal(asked.length, 0);
  });

  it('undoes the last run by the checkpoint made before it, once', async () => {
    const restored: unknown[] = [];
    const blender = new FakeBlender({
      checkpoint: ({ action, id }) => {
        if (action === 'list') {
          return {
            checkpoints: [
              { id: '4', label: 'before create_object' },
              { id: '3', label: 'before execute_blender_code' },
              { id: '2', label: 'before execute_blender_code' },
            ],
          };
        }
        restored.push([action, id]);
        return { restored: id, diff: { revision: 1 } };
      },
    });
    const { made } = approver(['once'], { is: 'ask' }, blender);
    await assert.rejects(made.undo(), { code: 'nothing-to-undo' });
    await made.rule(about('a'), never);
    assert.equal(await made.undo(), '3');
    assert.deepEqual(restored, [['restore', '3']]);
    assert.equal(made.lastRun, null);
    await assert.rejects(made.undo(), { code: 'nothing-to-undo' });
  });
});
