import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { kinds, type Task } from '../../../bench/agent/task.ts';
import { tasks } from '../../../bench/agent/tasks/index.ts';
import { tools } from '../../../src/server/tools/index.ts';

const folder = new URL('../../../bench/agent/tasks/', import.meta.url);
const stockTools = ['get_scene_info', 'execute_blender_code', 'get_viewport_screenshot'];

describe('the tasks of the agent benchmark', () => {
  it('are all in the registry, 25 or more, of every kind, each with a name of its own', async () => {
    const files = readdirSync(folder).filter((file) => file !== 'index.ts');
    const found = await Promise.all(
      files.map(
        async (file) => Object.values((await import(new URL(file, folder).href)) as object) as Task[][],
      ),
    );
    assert.deepEqual(new Set(found.flat(2)), new Set(tasks));
    assert.ok(tasks.length >= 25);
    assert.deepEqual(new Set(tasks.map(({ kind }) => kind)), new Set(kinds));
    assert.equal(new Set(tasks.map(({ name }) => name)).size, tasks.length);
  });

  for (const task of tasks) {
    it(`${task.name} has a prompt, a checker, and solutions that the servers can be given`, () => {
      assert.match(task.prompt, /^[A-Z].*[.?]$/);
      assert.ok(task.check !== undefined || task.file !== undefined, 'nothing tells that it is done');
      assert.ok(task.ours.length > 0);
      for (const { tool, arguments: args } of task.ours) {
        const known = tools.find(({ name }) => name === tool);
        assert.ok(known !== undefined, `we have no tool ${tool}`);
        assert.doesNotThrow(() => known.input.parse(args));
      }
      if ('unsolved' in task.stock) assert.ok(task.stock.unsolved.length > 10);
      else {
        assert.ok(task.stock.length > 0);
        for (const { tool } of task.stock) assert.ok(stockTools.includes(tool), `no stock tool ${tool}`);
      }
    });
  }
});
