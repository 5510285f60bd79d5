import assert from 'node:assert/strict';
import { z } from 'zod';
import { clear, diff } from './support/commands.ts';
import { testWorkstation, type TestWorkstation } from './support/workstation.ts';

const ran = z.object({
  stdout: z.string(),
  stderr: z.string(),
  result: z.unknown(),
  truncated: z.boolean(),
  diff,
});
const failed = z.object({
  code: z.literal('python-error'),
  message: z.string(),
  data: z.object({ stdout: z.string(), stderr: z.string(), traceback: z.string(), diff }),
});

describe('execute_blender_code', function () {
  this.timeout(60_000);
  let test: TestWorkstation;
  before(async () => {
    test = await testWorkstation({ mode: 'background' });
  });
  after(() => test.end());
  beforeEach(() => clear(test.blender));

  const run = async (code: string, more: object = {}): Promise<z.infer<typeof ran>> =>
    ran.parse(await test.blender.call('execute_blender_code', { code, ...more }));
  const fail = async (code: string, more: object = {}): Promise<z.infer<typeof failed>> => {
    try {
      await run(code, more);
    } catch (error) {
      return failed.parse(error);
    }
    throw new Error('The code did not fail');
  };

  it('gives stdout, stderr, the result and the diff', async () => {
    const answer = await run(
      'import sys\nprint("out")\nprint("err", file=sys.stderr)\nbpy.ops.mesh.primitive_cube_add()\nresult = {"n": 1, "v": C.object.location}',
    );
    assert.deepEqual([answer.stdout, answer.stderr, answer.truncated], ['out\n', 'err\n', false]);
    assert.deepEqual(answer.result, { n: 1, v: [0, 0, 0] });
    assert.deepEqual(answer.diff.added, ['Cube']);
  });

  it('tells which mesh has another shape, and which shape key goes farther or nowhere', async () => {
    await run(
      'bpy.ops.mesh.primitive_cube_add(); o = C.object; [o.shape_key_add(name=n) for n in ("Basis", "aa", "ih")]\nfor key, far in (("aa", 0.02), ("ih", 0.01)): o.data.shape_keys.key_blocks[key].data[0].co.z += far',
    );
    const fieldsOf = async (code: string): Promise<Record<string, unknown>> => {
      const { diff: told } = await run(`o = C.object; keys = o.data.shape_keys.key_blocks\n${code}`);
      return Object.assign({}, ...told.changed.map(({ fields }) => fields)) as Record<string, unknown>;
    };
    const emptied = await fieldsOf('for p, q in zip(keys["aa"].data, keys[0].data): p.co = q.co');
    assert.deepEqual(Object.keys(emptied), ['geometry', 'key_moves']);
    assert.deepEqual(emptied['key_moves'], [{ aa: 20 }, { aa: 0 }]);
    for (const edit of [
      'keys["ih"].data[1].co.x += 0.001',
      'o.data.vertices[3].co.x += 0.01',
      'o.data.flip_normals()',
    ])
      assert.deepEqual(Object.keys(await fieldsOf(edit)), ['geometry'], edit);
    assert.deepEqual(await fieldsOf('keys[1].data[0].co.z += 0'), {});
  });

  it('starts with a fresh namespace each time', async () => {
    await run('left = 1');
    assert.match((await fail('left')).message, /NameError in line 1: name 'left' is not defined/);
  });

  const results: readonly (readonly [string, unknown])[] = [
    ['float("nan")', null],
    ['[float("inf"), (1, 2), None]', [null, [1, 2], null]],
    [
      'mathutils.Matrix.Identity(2)',
      [
        [1, 0],
        [0, 1],
      ],
    ],
    ['{3, 1, 2}', [1, 2, 3]],
    ['C.scene', "bpy.data.scenes['Scene']"],
    ['"\\ud800"', '?'],
    ['None', null],
  ];
  for (const [expression, expected] of results) {
    it(`brings back ${expression}`, async () => {
      assert.deepEqual((await run(`result = ${expression}`)).result, expected);
    });
  }

  it('brings back the repr of what holds itself, and of what fails in it', async () => {
    assert.equal((await run('result = []\nresult.append(result)')).result, '[[...]]');
    const broken = 'class A:\n  def __repr__(self): raise ValueError("no")\nresult = A()';
    assert.match(String((await run(broken)).result), /repr failed: no/);
  });

  it('shows the failing line, keeps the output and what was done', async () => {
    const { message, data } = await fail(
      'def f():\n    return 1 / 0\nprint("before")\nD.objects.new("New", None)\nC.scene.collection.objects.link(D.objects["New"])\nf()',
      { label: 'my step' },
    );
    assert.match(message, /^ZeroDivisionError in line 2: division by zero\./);
    assert.equal(data.stdout, 'before\n');
    assert.match(data.traceback, /my step>", line 6, in <module>\n {4}f\(\)\n/);
    assert.match(data.traceback, /return 1 \/ 0/);
    assert.doesNotMatch(data.traceback, /execute_blender_code\.py/);
    assert.deepEqual(data.diff.added, ['New']);
  });

  it('tells the line of a syntax error', async () => {
    assert.match((await fail('x = 1\ny = = 2')).message, /SyntaxError in line 2/);
  });

  it('outlives sys.exit, quit, KeyboardInterrupt and BaseException', async () => {
    assert.equal((await run('print(1)\nimport sys\nsys.exit()')).stdout, '1\n');
    assert.match((await fail('import sys\nsys.exit("reason")')).message, /SystemExit in line 2: reason/);
    assert.match((await fail('raise KeyboardInterrupt')).message, /KeyboardInterrupt/);
    assert.match((await fail('class E(BaseException): pass\nraise E("odd")')).message, /E in line 2: odd/);
    assert.equal((await run('result = 42')).result, 42);
  });

  it('cuts output at 64 KB and says so', async () => {
    const answer = await run('print("x" * 1_000_000)\nimport sys\nsys.stderr.write("e" * 70_000)');
    assert.deepEqual([answer.stdout.length, answer.stderr.length, answer.truncated], [65_536, 65_536, true]);
  });

  it('refuses what is not code', async () => {
    for (const params of [{}, { code: 3 }, { code: 'a\0b' }, { code: '1', language: 'python' }]) {
      await assert.rejects(test.blender.call('execute_blender_code', params), { code: 'bad-params' });
    }
  });
});
