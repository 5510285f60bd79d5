import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { survivors } from '../blender/support/processes.ts';
import { type Fault, KasmEmulator } from '../emulators/kasm.ts';
import { type RealSession, startRealSession } from '../emulators/kasmSession.ts';
import { certificates } from '../support/certificates.ts';
import type { Editor } from './support/editor.ts';
import { notified } from './support/notifications.ts';
import { QuickInput } from './support/quickInput.ts';
import { objectsOf } from './support/scene.ts';
import { result, startServer } from './support/tools.ts';
import { until } from './support/until.ts';
import { inWindow, windowWithTools } from './support/window.ts';

const settings = ['kasm.url', 'kasm.image', 'kasm.user', 'idleMinutes', 'workstation.provider'] as const;

describe('a workstation in Kasm, in the editor, by TLS', function () {
  this.timeout(120_000);
  const started: RealSession[] = [];
  let editor: Editor;
  let input: QuickInput;
  let kasm: KasmEmulator;
  let storage: string;

  inWindow(windowWithTools, async (opened, later) => {
    editor = opened;
    input = new QuickInput(editor);
    storage = await mkdtemp(join(tmpdir(), 'avatar-forge-s3-'));
    later(() => rm(storage, { recursive: true, force: true }));
    kasm = await KasmEmulator.listen({
      tls: certificates().server,
      onLaunch: (environment) => {
        const session = startRealSession({ environment, storage });
        started.push(session);
        return session;
      },
    });
    later(() => kasm.close());
    later(async () => {
      for (const name of settings) await set(name, undefined);
      await editor.command('notifications.clearAll');
    });
    await set('kasm.url', kasm.url);
    await set('kasm.image', 'Avatar Forge');
    await set('kasm.user', 'ada@example.com');
  });

  const set = (name: (typeof settings)[number], value: unknown) => editor.set(`avatarForge.${name}`, value);
  const row = (text: string) => editor.page.locator('.pane-body .monaco-list-row', { hasText: text }).first();
  const leftBehind = async () =>
    survivors(
      started.flatMap(({ pids }) => pids),
      5_000,
    );

  it('is launched once its key is given and it is chosen', async () => {
    const keeping = editor.command('avatarForge.setKasmApiKey');
    await input.answer('The address of Kasm', kasm.url);
    await input.answer('The API key for Kasm', kasm.key.key);
    await input.answer('The secret of that API key', kasm.key.secret);
    await keeping;
    await editor.command('workbench.view.extension.avatarForge');
    const connecting = editor.command('avatarForge.connect');
    await input.choice('Kasm').click();
    await connecting;
    await row('ready').waitFor();
    assert.match((await row('ready').getAttribute('aria-label')) ?? '', /Kasm \(127\.0\.0\.1:\d+\), ready/);
    assert.deepEqual([kasm.count('request_kasm'), kasm.sessions.size], [1, 1]);
    await editor.picture('kasm-ready');
  });

  it('takes the calls of the editor’s own MCP client', async () => {
    await result(editor, 'create_object', { objects: [{ kind: 'cube', name: 'Carried over' }] });
    assert.ok((await objectsOf(editor)).includes('Carried over'));
  });

  it('is well, says the doctor, and shows the way', async () => {
    const rows = await editor.command<{ subject: string; health: string }[]>('avatarForge.doctor');
    const ofKasm = rows.filter(({ subject }) => /Kasm|Way/.test(subject));
    assert.deepEqual(
      ofKasm.map(({ subject, health }) => `${subject}: ${health}`),
      [
        'Address of Kasm: ok',
        'API key of Kasm: ok',
        'Image in Kasm: ok',
        'Session in Kasm: ok',
        'Way to Blender: front proxy: ok',
      ],
    );
    await editor.webview('text=front proxy');
    await editor.picture('kasm-doctor');
    await editor.command('workbench.action.closeAllEditors');
  });

  it('is attached to again after the editor was restarted in mid-session', async () => {
    const before = [...(started[0]?.pids ?? [])];
    await editor.reload();
    await startServer(editor);
    assert.ok((await objectsOf(editor)).includes('Carried over'));
    assert.deepEqual([kasm.count('request_kasm'), kasm.sessions.size], [1, 1]);
    assert.deepEqual(started[0]?.pids, before);
  });

  it('is saved and destroyed when nobody uses it, and comes back with its scene', async () => {
    await set('idleMinutes', 0.03);
    await until('the end of the session', () => Promise.resolve(kasm.sessions.size === 0));
    await set('idleMinutes', 0);
    assert.deepEqual(await leftBehind(), []);
    assert.ok((await readdir(join(storage, 'projects'))).some((name) => name.endsWith('.blend')));
    await row('asleep').waitFor();
    await editor.picture('kasm-asleep');
    assert.ok((await objectsOf(editor)).includes('Carried over'));
    assert.deepEqual([kasm.count('request_kasm'), kasm.sessions.size], [2, 1]);
  });

  it('is saved and destroyed when it is stopped, and comes back with its scene in a new window', async () => {
    await editor.command('avatarForge.stopWorkstation');
    assert.deepEqual([kasm.sessions.size, await leftBehind()], [0, []]);
    await editor.reload();
    await startServer(editor);
    assert.ok((await objectsOf(editor)).includes('Carried over'));
    assert.deepEqual([kasm.count('request_kasm'), kasm.sessions.size], [3, 1]);
  });

  it('that sticks in its end is told of, and ended by the next start', async () => {
    kasm.faults.add('destroy-stuck');
    await editor.command('avatarForge.stopWorkstation');
    assert.match(
      await notified(editor, /has not ended session/),
      /tried again at the next start.*#\/sessions/,
    );
    await editor.picture('kasm-stuck');
    await editor.command('notifications.clearAll');
    kasm.faults.clear();
    await editor.command('avatarForge.startWorkstation');
    assert.deepEqual([kasm.count('request_kasm'), kasm.sessions.size], [4, 1]);
    await editor.command('avatarForge.stopWorkstation');
    assert.deepEqual([kasm.sessions.size, await leftBehind()], [0, []]);
  });

  const failures: readonly (readonly [Fault | 'no-permission', said: RegExp, mend: RegExp])[] = [
    ['no-resources', /no resources left/, /End a session that is not needed/],
    ['no-permission', /refuses get_kasms to this API key/, /granted Sessions View/],
    ['html', /a page in place of data \(HTTP 500\)/, /proxy in front of Kasm/],
  ];
  for (const [fault, said, mend] of failures) {
    it(`tells of ${fault} and its mend, and leaves nothing behind`, async () => {
      const { permissions } = kasm;
      if (fault === 'no-permission') {
        kasm.permissions = new Set([...permissions].filter((one) => one !== 'Sessions View'));
      } else kasm.faults.add(fault);
      try {
        await editor.command('avatarForge.startWorkstation');
        assert.match(await notified(editor, said), mend);
        await row('failed').waitFor();
        await editor.picture(`kasm-${fault}`);
      } finally {
        kasm.faults.clear();
        kasm.permissions = permissions;
        await editor.command('notifications.clearAll');
      }
      assert.deepEqual([kasm.sessions.size, await leftBehind()], [0, []]);
    });
  }
});
