import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, request, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { connectBlender } from '../../src/adapters/blender/connect.ts';
import type { BlenderPort } from '../../src/core/ports.ts';
import { certificates } from '../support/certificates.ts';
import { skip } from '../support/skip.ts';
import { build, containerOf, freePorts, images, obstacle, type Running, runIn, standIn } from './support.ts';

const tag = `localhost/avatar-forge-test:${process.pid}`;
const agentToken = 'a-token-of-the-tests';
const addon = join(import.meta.dirname, '../../blender-addon/avatar_forge');
const user = 1000;

describe('the image of the workstation, on a stand-in for Kasm’s', function () {
  this.timeout(300_000);
  let container: string | undefined;

  before(async function () {
    const why = obstacle();
    if (why !== null) return skip(this, why);
    const base = await standIn();
    const { code, log } = await build({ BASE_IMAGE: base, PARTS: 'parts-of-base' }, { tag });
    assert.equal(code, 0, log);
    container = await containerOf(tag);
  });
  after(async () => {
    if (container === undefined) return;
    await images(['rm', container]);
    await images(['rmi', tag]);
  });

  it('is started as nobody in particular, with a health check, and what it does declared', async () => {
    const { log } = await images(['inspect', '--type', 'image', tag]);
    const { Docker } = JSON.parse(log) as {
      Docker: { config: { User: string; Env: string[]; Healthcheck: { Test: string[] } } };
    };
    assert.equal(Docker.config.User, '1000');
    assert.match(Docker.config.Healthcheck.Test.join(' '), /readyz/);
    for (const variable of [
      'AVATAR_FORGE_HOME=/s3/blender-avatars',
      'AVATAR_FORGE_BLENDER_ARGS=--disable-autoexec',
      'DISABLE_TELEMETRY=true',
      'NO_VNC_PORT=6902',
    ])
      assert.ok(Docker.config.Env.includes(variable), variable);
  });

  it('has the add-on in a Blender that somebody starts by hand, and started', async () => {
    const [port = 0] = await freePorts(1);
    const byHand = runIn(container ?? '', ['xvfb-run', '--auto-servernum', 'avatar-forge-blender'], {
      user: String(user),
      env: { AVATAR_FORGE_PORT: String(port), LIBGL_ALWAYS_SOFTWARE: '1' },
    });
    const blender = connectBlender({ host: '127.0.0.1', port }, { client: 'test/0', library: addon });
    try {
      for (;;) {
        const peer = await blender.describe().catch(() => null);
        if (peer !== null) {
          assert.deepEqual([peer.dialect, peer.background], ['avatar-forge', false]);
          break;
        }
        await sleep(500);
      }
    } finally {
      await blender
        .call('execute_blender_code', { code: 'bpy.ops.wm.quit_blender()' })
        .catch(() => undefined);
      await blender.close();
      await byHand.code;
    }
  });

  describe('started as Kasm starts it', () => {
    let running: Running;
    let session: ChildProcess;
    let screen: Server;
    let bucket: string;
    let blender: BlenderPort;
    let ports: { front: number; agent: number; blender: number; screen: number };
    const seen: (string | undefined)[] = [];

    before(async () => {
      bucket = mkdtempSync(join(tmpdir(), 'avatar-forge-bucket-'));
      chownSync(bucket, user, user);
      const [front = 0, agent = 0, blenderPort = 0] = await freePorts(3);
      // In place of KasmVNC, which is not in the stand-in: a page and a WebSocket, behind TLS as its are.
      screen = createServer(certificates().server, ({ url, headers }, response) => {
        seen.push(headers.authorization);
        response.end(`the screen at ${url}`);
      });
      new WebSocketServer({ server: screen, path: '/websockify' }).on('connection', (client) =>
        client.on('message', (message: Buffer) => client.send(message)),
      );
      await new Promise<void>((resolve) => screen.listen(0, '127.0.0.1', resolve));
      const address = screen.address();
      assert.ok(address !== null && typeof address === 'object');
      ports = { front, agent, blender: blenderPort, screen: address.port };
      session = spawn('sleep', ['600'], { uid: user, gid: user });
      running = inSession('custom_startup.sh', '0.05');
      blender = connectBlender(
        {
          host: '127.0.0.1',
          port: front,
          tunnel: {
            url: `wss://127.0.0.1:${front}/blender`,
            fingerprint: await fingerprintAt(front),
            headers: {
              Origin: 'https://kasm.example',
              Authorization: 'Basic of-kasm', // as Kasm's proxy puts it there
              'x-avatar-forge-token': agentToken,
            },
          },
        },
        { client: 'test/0', library: addon, env: {} },
      );
    });
    after(async () => {
      await blender.close();
      running.end();
      await running.code;
      session.kill();
      screen.close();
      screen.closeAllConnections();
      rmSync(bucket, { recursive: true });
    });

    function inSession(script: string, idleMinutes: string): Running {
      return runIn(container ?? '', [`/dockerstartup/${script}`], {
        user: String(user),
        env: {
          AVATAR_FORGE_FRONT_PORT: String(ports.front),
          AVATAR_FORGE_AGENT_PORT: String(ports.agent),
          AVATAR_FORGE_BLENDER_PORT: String(ports.blender),
          NO_VNC_PORT: String(ports.screen),
          AVATAR_FORGE_AGENT_TOKEN: agentToken,
          AVATAR_FORGE_AGENT_ORIGINS: 'https://kasm.example',
          AVATAR_FORGE_IDLE_MINUTES: idleMinutes,
          AVATAR_FORGE_SESSION_PID: String(session.pid),
        },
        volumes: { [bucket]: '/s3' },
      });
    }

    /** The front proxy's certificate is another one at each start. */
    async function fingerprintAt(port: number): Promise<string> {
      for (;;) {
        const found = await new Promise<string | null>((resolve) => {
          const asking = request({ host: '127.0.0.1', port, rejectUnauthorized: false, agent: false });
          asking
            .on('error', () => resolve(null))
            .on('socket', (socket) =>
              socket.on('secureConnect', () => {
                const { fingerprint256 } = (
                  socket as unknown as { getPeerCertificate(): { fingerprint256: string } }
                ).getPeerCertificate();
                asking.destroy();
                resolve(fingerprint256);
              }),
            );
          asking.end();
        });
        if (found !== null) return found.replaceAll(':', '').toLowerCase();
        await sleep(200);
      }
    }

    const page = (path: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const asking = request(
          { host: '127.0.0.1', port: ports.front, path, auth: 'kasm_user:pw', rejectUnauthorized: false },
          (response) => {
            let text = '';
            response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
            response.on('end', () => resolve(`${response.statusCode ?? 0} ${text}`));
          },
        );
        asking.on('error', reject).end();
      });

    it('has the add-on started by itself, enabled for the whole machine, and answering through the front proxy', async () => {
      for (;;) {
        const answer = await blender.call('get_scene_info', {}).catch(() => null);
        if (answer !== null) break;
        await sleep(500);
      }
      const { background, dialect } = await blender.describe();
      assert.deepEqual([background, dialect], [false, 'avatar-forge']);
      const code =
        'import sys\nresult = [sorted(a.module for a in bpy.context.preferences.addons if "avatar_forge" in a.module), "--disable-autoexec" in sys.argv, bpy.context.preferences.filepaths.use_scripts_auto_execute]';
      const { result } = (await blender.call('execute_blender_code', { code })) as { result: unknown };
      assert.deepEqual(result, [['bl_ext.system.avatar_forge'], true, false]);
      await blender.call('create_object', { objects: [{ kind: 'cube', name: 'Kept' }] });
    });

    it('lets nobody to Blender without the token', async () => {
      assert.match(await page('/blender'), /^426|^401/);
      const stranger = connectBlender(
        {
          host: '127.0.0.1',
          port: ports.front,
          tunnel: {
            url: `wss://127.0.0.1:${ports.front}/blender`,
            fingerprint: await fingerprintAt(ports.front),
            headers: { Authorization: 'Basic of-kasm' },
          },
        },
        { client: 'test/0', library: addon, env: {} },
      );
      await assert.rejects(stranger.describe(), { code: 'tunnel-refused' });
      await stranger.close();
    });

    it('hands all else to the screen, with its login', async () => {
      assert.equal(await page('/vnc.html?a=1'), '200 the screen at /vnc.html?a=1');
      assert.equal(seen.at(-1), `Basic ${Buffer.from('kasm_user:pw').toString('base64')}`);
      assert.match(await page('/blender/other'), /the screen at \/blender\/other/);
    });

    it('saves the scene into the bucket when nobody is there, and ends with the code and the session', async () => {
      const ended = once(session, 'close');
      await blender.close();
      assert.equal(await running.code, 75, running.log());
      const [, signal] = (await ended) as [number | null, string | null];
      assert.equal(signal, 'SIGTERM');
      const folders = readdirSync(join(bucket, 'blender-avatars')).sort();
      assert.deepEqual(folders, ['exports', 'projects', 'textures']);
      const [project = '', ...others] = readdirSync(join(bucket, 'blender-avatars/projects'));
      assert.deepEqual(others, []);
      const file = join(bucket, 'blender-avatars/projects', project);
      assert.equal(statSync(file).uid, user);
      assert.match(readFileSync(file).subarray(0, 7).toString('latin1'), /^BLENDER|^\x28\xb5\x2f\xfd/);
    });

    it('saves the scene when Kasm takes the session down, and only then lets its own hook go on', async () => {
      const before = readdirSync(join(bucket, 'blender-avatars/projects'));
      running = inSession('custom_startup.sh', '0');
      const place = { host: '127.0.0.1', port: ports.blender };
      const direct = connectBlender(place, { client: 'test/0', library: addon });
      while ((await direct.describe().catch(() => null)) === null) await sleep(500);
      await direct.close();
      const hook = inSession('kasm_pre_shutdown_user.sh', '0');
      assert.equal(await hook.code, 0, hook.log());
      assert.equal(readdirSync(join(bucket, 'blender-avatars/projects')).length, before.length + 1);
      assert.equal(await running.code, 0, running.log());
    });
  });
});
