import assert from 'node:assert/strict';
import { ForgeError } from '../../../src/core/errors.ts';
import { Metrics } from '../../../src/agent/metrics.ts';
import { FakeBlender } from '../../support/fakeBlender.ts';
import { ForgePeer } from '../../emulators/forgePeer.ts';
import { rawPeer } from '../../emulators/rawPeer.ts';
import { deferred, ended } from '../transports/support.ts';
import { agent, ask, client, closeAfterwards, closeAll, echo, token } from './support.ts';

describe('the life of an agent', () => {
  afterEach(closeAll);

  it('ends with 75 when nobody was there for long and the scene is saved', async () => {
    const blender = new FakeBlender({ save_project: () => ({ file: {} }) });
    const { code } = await agent({ idleMs: 20, blender });
    assert.equal(await code, 75);
    assert.deepEqual(blender.calls, [{ method: 'save_project', params: {} }]);
  });

  it('ends with 76 when the scene cannot be saved, after it has tried again', async () => {
    const blender = new FakeBlender();
    const { code, log } = await agent({ idleMs: 20, saveAgainMs: 1, blender });
    assert.equal(await code, 76);
    assert.equal(blender.calls.length, 3);
    assert.match(log.join('\n'), /could not be saved/);
  });

  it('stays up for a scene that would end with it, and says so, until that is saved', async () => {
    let isFull = true;
    const save = (): object => {
      if (isFull) throw new ForgeError('cannot-save', 'The disk is full.', 'Make room.');
      return { file: {} };
    };
    const peer = closeAfterwards(new ForgePeer({}));
    const metrics = new Metrics(Date.now());
    const { promise: told, resolve: onTold } = deferred<undefined>();
    const running = await agent({
      metrics,
      onUnsaved: (isUnsaved) => {
        metrics.sceneUnsaved = isUnsaved;
        if (isUnsaved) onTold(undefined);
      },
      blenderPort: await peer.listen(),
      blender: new FakeBlender({ save_project: save }),
      endsBlender: () => true,
      idleMs: 20,
      saveAgainMs: 1,
    });
    await Promise.race([told, running.code.then((code) => assert.fail(`It ended with ${code}.`))]);
    assert.deepEqual(await ask(running.port, '/readyz'), { status: 200, text: 'scene-unsaved\n' });
    const { text } = await ask(running.port, '/metrics', { authorization: `Bearer ${token}` });
    assert.match(text, /^avatar_forge_agent_scene_unsaved 1$/m);
    assert.match(running.log.join('\n'), /The disk is full\..*\n.*stays up/);
    const guest = await client(running.url);
    assert.equal(metrics.sceneUnsaved, false, 'who came can see to it');
    isFull = false;
    guest.close();
    assert.equal(await running.code, 75);
  });

  it('tries again to save, and ends with 75 after all', async () => {
    let isBusy = true;
    const save = (): object => {
      if (!isBusy) return { file: {} };
      isBusy = false;
      throw new ForgeError('busy', 'Busy.', 'Wait.');
    };
    const { code } = await agent({
      idleMs: 20,
      saveAgainMs: 1,
      blender: new FakeBlender({ save_project: save }),
    });
    assert.equal(await code, 75);
  });

  it('stays while somebody is there, and when somebody comes while it saves', async () => {
    const saving = deferred<undefined>();
    const saved = deferred<object>();
    let saves = 0;
    const save = (): unknown => {
      saves += 1;
      saving.resolve(undefined);
      return saves === 1 ? saved.promise : { file: {} };
    };
    const running = await agent({
      blenderPort: await echo(),
      idleMs: 50,
      blender: new FakeBlender({ save_project: save }),
    });
    await saving.promise;
    const guest = await client(running.url);
    saved.resolve({ file: {} });
    guest.send(Buffer.from('x'));
    const heard = await new Promise((resolve) => guest.listen({ data: resolve, closed: resolve }));
    assert.deepEqual(heard, Buffer.from('x'));
    assert.equal(saves, 1);
    guest.close();
    assert.equal(await running.code, 75);
    assert.equal(saves, 2);
  });

  it('tells its clients when it is ended, and ends with 0', async () => {
    const peer = closeAfterwards(await rawPeer((socket) => socket.write('busy')));
    const { url, end, code } = await agent({ blenderPort: peer.port });
    const last = ended(await client(url));
    end();
    assert.match(String((await last)?.message), /1001/);
    assert.equal(await code, 0);
    await assert.rejects(client(url), { code: 'blender-unreachable' });
  });

  it('saves the scene of a Blender that ends with it before it ends, while its clients are still there', async () => {
    const peer = closeAfterwards(await rawPeer((socket) => socket.write('busy')));
    const saved = deferred<object>();
    const saving = deferred<undefined>();
    const save = (): unknown => {
      saving.resolve(undefined);
      return saved.promise;
    };
    const blender = new FakeBlender({ save_project: save });
    const running = await agent({ blenderPort: peer.port, blender, endsBlender: () => true });
    const guest = await client(running.url);
    const last = ended(guest);
    running.end();
    await saving.promise;
    guest.send(Buffer.from('still there'));
    while (running.metrics.bytesToBlender === 0) await new Promise((resolve) => setImmediate(resolve));
    saved.resolve({ file: {} });
    assert.match(String((await last)?.message), /1001/);
    assert.equal(await running.code, 0);
    assert.equal(blender.calls.length, 1);
  });

  it('ends with 76, in time, where that scene cannot be saved', async () => {
    const never = new FakeBlender({ save_project: () => new Promise(() => undefined) });
    for (const blender of [new FakeBlender(), never]) {
      const running = await agent({ blender, endsBlender: () => true, lastSaveMs: 30 });
      running.end();
      assert.equal(await running.code, 76);
      assert.match(running.log.join('\n'), /could not be saved/);
    }
  });

  it('says who has the port already', async () => {
    const peer = closeAfterwards(await rawPeer(() => undefined));
    await assert.rejects(agent({ config: { port: peer.port } }), { code: 'cannot-listen' });
  });
});
