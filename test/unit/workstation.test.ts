import assert from 'node:assert/strict';
import {
  absent,
  workstation,
  type WorkstationEvent,
  type WorkstationState,
} from '../../src/core/workstation.ts';
import { blenderPlaces, findBlender } from '../../src/adapters/workstations/findBlender.ts';
import {
  blenderCommand,
  displayMode,
  withoutSecrets,
  xvfbCommand,
} from '../../src/adapters/workstations/startPlan.ts';

const failure = { code: 'blender-gone', message: 'It ended.' };
const gone: WorkstationEvent = { type: 'gone', failure };
const after = (...types: (WorkstationEvent['type'] | WorkstationEvent)[]): WorkstationState =>
  types
    .map((type) => (typeof type === 'string' ? { type, job: 'render', failure } : type))
    .reduce(workstation, absent);

describe('workstation states', () => {
  it('goes from absent to ready and to stopped', () => {
    const names = [
      'launch',
      'launched',
      'listening',
      'connected',
      'job-started',
      'job-ended',
      'stop',
    ] as const;
    const seen = names.map((_, i) => after(...names.slice(0, i + 1)).is);
    assert.deepEqual(seen, ['launching', 'starting', 'connecting', 'ready', 'busy', 'ready', 'stopping']);
    assert.deepEqual(after(...names, gone), { is: 'stopped' });
  });

  it('counts the attempts to reconnect', () => {
    const up = ['launch', 'launched', 'listening', 'connected', 'connection-lost'] as const;
    assert.deepEqual(after(...up), { is: 'reconnecting', attempt: 1 });
    assert.deepEqual(after(...up, 'connection-lost'), { is: 'reconnecting', attempt: 2 });
    assert.deepEqual(after(...up, 'connected'), { is: 'ready' });
  });

  it('has failed where it ends unasked, and can be launched again', () => {
    for (const until of [['launch'], ['launch', 'launched'], ['launch', 'launched', 'listening']] as const) {
      assert.deepEqual(after(...until, gone), { is: 'failed', failure });
    }
    assert.deepEqual(after('launch', gone, 'launch'), { is: 'launching' });
  });

  it('does nothing on what means nothing now', () => {
    assert.equal(after('connected', 'stop', 'job-ended', gone, 'listening', 'slept'), absent);
  });
});

describe('finding Blender', () => {
  it('looks on PATH, then in the usual places of each system', () => {
    assert.deepEqual(blenderPlaces({ PATH: '/a:/b' }, 'linux').slice(0, 3), [
      '/a/blender',
      '/b/blender',
      '/usr/bin/blender',
    ]);
    assert.ok(blenderPlaces({}, 'darwin').includes('/Applications/Blender.app/Contents/MacOS/Blender'));
    assert.deepEqual(blenderPlaces({ Path: 'C:\\x' }, 'win32'), [
      'C:\\x\\blender.exe',
      'C:\\Program Files\\Blender Foundation\\*\\blender.exe',
    ]);
  });

  it('does not take another where the one that is named is missing', async () => {
    await assert.rejects(
      findBlender(undefined, { AVATAR_FORGE_BLENDER: '/none', PATH: '/usr/bin' }, 'linux'),
      {
        code: 'blender-not-found',
      },
    );
  });
});

describe('start plan', () => {
  it('chooses a display', () => {
    const machine = { platform: 'linux', env: { DISPLAY: ':0' }, hasXvfb: true } as const;
    assert.equal(displayMode(machine, false), 'window');
    assert.equal(displayMode(machine, true), 'xvfb');
    assert.equal(displayMode({ ...machine, env: {} }, false), 'xvfb');
    assert.equal(displayMode({ ...machine, env: { DISPLAY: '' }, hasXvfb: false }, false), 'background');
    assert.equal(displayMode({ platform: 'darwin', env: {}, hasXvfb: false }, false), 'window');
    assert.equal(displayMode({ platform: 'win32', env: {}, hasXvfb: false }, true), 'background');
  });

  it('keeps the token off the command line, and other secrets away from Blender', () => {
    const env = {
      PATH: '/usr/bin',
      HOME: '/home/u',
      XDG_SESSION_TYPE: 'x11',
      AWS_PROFILE: 'prod',
      RCLONE_CONFIG_X_TYPE: 's3',
      GITHUB_TOKEN: 'x',
      HYPER3D_API_KEY: 'x',
      KASM_API_JWT: 'x',
      AVATAR_FORGE_TOKEN: 'of another Blender',
      DATABASE: 'postgres://u:p@host/db',
      MONKEY: 'stays',
    };
    const start = {
      executable: 'blender',
      bootScript: '/b.py',
      home: '/h',
      port: 0,
      token: 'secret',
      args: ['--disable-autoexec'],
      open: '/h/checkpoints/1.blend',
      mode: 'xvfb',
      display: ':7',
    } as const;
    const { args, env: given } = blenderCommand(start, env);
    assert.ok(!args.join(' ').includes('secret'));
    assert.deepEqual(given, {
      PATH: '/usr/bin',
      HOME: '/home/u',
      XDG_SESSION_TYPE: 'x11',
      MONKEY: 'stays',
      DISPLAY: ':7',
      LIBGL_ALWAYS_SOFTWARE: '1',
      DISABLE_TELEMETRY: 'true',
      AVATAR_FORGE_HOME: '/h',
      AVATAR_FORGE_PORT: '0',
      AVATAR_FORGE_TOKEN: 'secret',
      AVATAR_FORGE_OPEN: '/h/checkpoints/1.blend',
      AVATAR_FORGE_EXIT_ON_STDIN_EOF: '1',
    });
    assert.equal(args[0], '--disable-autoexec');
    assert.ok(!args.includes('-b'));
    assert.equal(blenderCommand({ ...start, mode: 'background', display: null }, env).args[0], '-b');
    assert.deepEqual(withoutSecrets({ A: undefined }), {});
  });

  it('ties Xvfb to our life where setpriv is there', () => {
    assert.deepEqual(
      [xvfbCommand({}, null).file, xvfbCommand({}, '/usr/bin/setpriv').file],
      ['Xvfb', '/usr/bin/setpriv'],
    );
    assert.deepEqual(xvfbCommand({}, '/usr/bin/setpriv').args.slice(0, 3), ['--pdeathsig', 'KILL', 'Xvfb']);
  });
});
