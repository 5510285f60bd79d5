import assert from 'node:assert/strict';
import { attempt } from '../../bench/agent/attempt.ts';
import { makeSeeds, ourSide, type Side, stockSide } from '../../bench/agent/side.ts';
import { solved } from '../../bench/agent/table.ts';
import { tasks } from '../../bench/agent/tasks/index.ts';

const some = ['move-lamp', 'snowman', 'red-boots', 'uneven-weights', 'export'];
const chosen = tasks.filter(({ name }) => some.includes(name));

/** A few tasks through both servers; the whole is `npm run bench:agent`. */
describe('the agent benchmark', function () {
  this.timeout(200_000);
  let seeds: Awaited<ReturnType<typeof makeSeeds>>;
  let ours: Side;
  let stock: Side;

  before(async () => {
    [seeds, ours, stock] = await Promise.all([makeSeeds(chosen), ourSide(), stockSide()]);
  });
  after(async () => {
    await Promise.all([seeds.remove(), ours.end(), stock.end()]);
  });

  for (const task of chosen) {
    it(`${task.name} is solved on both sides, and its cost counted`, async () => {
      for (const side of [ours, stock]) {
        const made = await attempt(side, task, seeds.folder);
        assert.ok(solved(made), JSON.stringify(made));
        const { calls, bytes, written, read } = made.cost;
        assert.equal(calls, (side.name === 'ours' ? task.ours : (task.stock as unknown[])).length);
        assert.ok(written > 20 && read > 20 && bytes >= written + read);
      }
    });
  }

  it('sees that nothing was done', async () => {
    for (const task of chosen) {
      const made = await attempt(ours, { ...task, show: false, ours: [] }, seeds.folder);
      assert.ok(!solved(made) && made.wrong.length > 0, task.name);
    }
  });

  const lamp = chosen.find(({ name }) => name === 'move-lamp');
  assert.ok(lamp !== undefined);

  it('names what a solution changed that it should not have', async () => {
    const clumsy = {
      tool: 'modify_object',
      arguments: { changes: [{ name: 'Desk', location: [0, 0, 0.4] }] },
    };
    const made = await attempt(ours, { ...lamp, ours: [...lamp.ours, clumsy] }, seeds.folder);
    assert.deepEqual(made.wrong, []);
    assert.deepEqual(made.collateral, ['object Desk location', 'object Desk world']);
    assert.ok(!solved(made));
  });

  it('does not begin where the checker is content before anything is done', async () => {
    await assert.rejects(attempt(ours, { ...lamp, check: '' }, seeds.folder), /finds nothing wrong/);
  });

  it('counts a call that fails, and one that should have', async () => {
    const wrong = { tool: 'modify_object', arguments: { changes: [{ name: 'Nobody' }] } };
    const right = { tool: 'get_scene_info', arguments: {}, fails: true };
    const made = await attempt(ours, { ...lamp, ours: [wrong, right, ...lamp.ours] }, seeds.folder);
    assert.match(
      made.wrong.join('\n'),
      /modify_object failed: not-found.*\n(.*\n)*get_scene_info did not fail/,
    );
  });
});
