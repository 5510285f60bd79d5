import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { KasmApi, parseKasmUrl } from '../../../src/adapters/kasm/kasmApi.ts';
import { ForgeError } from '../../../src/core/errors.ts';
import { afterwards, closeAll } from '../../unit/control/support.ts';
import type { Fault, Permission } from '../../emulators/kasm.ts';
import {
  apiOf,
  emulator as listening,
  everyWord,
  memoryStore,
  rejection,
  revisions,
  workstationOf,
} from './support.ts';

/** Each row of the table, by what brings it about in a launch. */
const rows: readonly (readonly [fault: Fault, code: string, mend: RegExp])[] = [
  ['no-resources', 'kasm-no-resources', /End a session/],
  ['html', 'kasm-not-json', /proxy in front of Kasm/],
  ['server-error', 'kasm-server-error', /log of its API server/],
  ['slow', 'kasm-start-slow', /fetched for the first time/],
  ['unauthorized-session', 'kasm-session-access', /auth domain/],
  ['redirect', 'kasm-redirected', /avatarForge\.kasm\.url/],
  ['dropped-launch', 'kasm-unreachable', /VPN/],
];

const withoutPermission: readonly (readonly [Permission, string])[] = [
  ['Sessions View', 'get_kasms'],
  ['Images View', 'get_images'],
  ['Users View', 'get_users'],
  ['Users Auth Session', 'request_kasm'],
];

for (const revision of revisions)
  describe(`the API of Kasm “${revision}”`, () => {
    const emulator: typeof listening = (options) => listening({ api: revision, ...options });
    afterEach(closeAll);

    for (const [fault, code, mend] of rows) {
      it(`tells of ${fault} by ${code} and its mend; no session stays, no secret is told`, async () => {
        const kasm = await emulator();
        kasm.faults.add(fault);
        const store = memoryStore();
        const { workstation, lines } = workstationOf(kasm, { store, startMs: 20 });
        const error = await rejection(workstation.launch());
        assert.equal(error.code, code, error.message);
        assert.match(error.next, mend);
        assert.deepEqual([kasm.sessions.size, store.text], [0, undefined]);
        const secrets = [...Object.values(kasm.key), ...tokensIn(kasm.calls)];
        for (const secret of secrets) assert.ok(![...lines, everyWord(error)].join('\n').includes(secret));
      });
    }

    for (const [permission, call] of withoutPermission) {
      it(`names ${permission} where a key lacks it`, async () => {
        const kasm = await emulator();
        kasm.permissions = new Set([...kasm.permissions].filter((one) => one !== permission));
        const error = await rejection(workstationOf(kasm).workstation.launch());
        assert.equal(error.code, 'kasm-permission');
        assert.match(error.message, new RegExp(call));
        assert.match(error.next, new RegExp(permission));
        assert.equal(kasm.sessions.size, 0);
      });
    }

    it('knows image and user by name and by id, and says which it does not find', async () => {
      const kasm = await emulator();
      const launch = async (image: string, user: string): Promise<string> =>
        workstationOf(kasm, { image, user })
          .workstation.launch()
          .then(
            () => 'up',
            (thrown: unknown) => (thrown instanceof ForgeError ? thrown.code : String(thrown)),
          );
      const { image_id } = kasm.images[0]!;
      const { user_id } = kasm.users[0]!;
      assert.equal(await launch('registry.example.com/avatar-forge:1', 'ADA@example.com'), 'up');
      assert.equal(await launch(image_id, user_id), 'up');
      assert.equal(await launch('c'.repeat(32), user_id), 'kasm-image-not-found');
      assert.equal(await launch('Nothing', user_id), 'kasm-image-not-found');
      assert.equal(await launch(image_id, 'nobody'), 'kasm-user-not-found');
    });

    it('asks again for what changes nothing, and never for a launch', async () => {
      const kasm = await emulator();
      const api = apiOf(kasm);
      kasm.faults.add('html-once');
      assert.equal((await api.images()).length, 1);
      assert.equal(kasm.count('get_images'), 2);
      kasm.faults.add('html-once');
      const [user, image] = [kasm.users[0]!.user_id, kasm.images[0]!.image_id];
      await rejection(api.launch({ userId: user, imageId: image, environment: {} }));
      assert.equal(kasm.count('request_kasm'), 1);
      kasm.permissions = new Set();
      await rejection(api.sessions());
      assert.equal(kasm.count('get_kasms'), 1, 'a refusal is an answer');
    });

    it('finds out by itself which revision is there, and heeds the one that is set', async () => {
      const kasm = await emulator();
      const api = apiOf(kasm);
      const before = api.revision;
      await api.images();
      const name = revision === 'public' ? 'the API up to 1.19' : 'the API after 1.19';
      assert.deepEqual([before, api.revision], [null, name]);
      const other = revision === 'public' ? 'rest' : 'public';
      assert.equal((await rejection(apiOf(kasm, { revision: other }).images())).code, 'kasm-not-found');
      await apiOf(kasm, { revision }).images();
      assert.equal(kasm.count('get_images'), 2);
    });
  });

describe('a client of the API of Kasm', () => {
  afterEach(closeAll);

  it('sends the key where it belongs, and takes it out of what Kasm says', async () => {
    const seen: string[] = [];
    const key = { key: 'the-api-key', secret: 'the-api-key-secret' };
    const answer =
      (body: unknown): typeof fetch =>
      (url, init) => {
        assert.ok(url instanceof URL);
        seen.push(url.href, init?.body as string);
        return Promise.resolve(new Response(JSON.stringify(body)));
      };
    const api = new KasmApi({
      url: 'https://kasm.example.com/some/path',
      key,
      fetch: answer({ error_message: `bad key ${key.secret}\u202e for\n${key.key}` }),
    });
    const error = await rejection(api.images());
    assert.equal(error.code, 'kasm-refused');
    assert.match(error.message, /“bad key •••\\u\{202e\} for •••”/);
    assert.deepEqual(seen, [
      'https://kasm.example.com/api/public/get_images',
      JSON.stringify({ api_key: key.key, api_key_secret: key.secret }),
    ]);
    const strange = new KasmApi({
      url: 'https://kasm.example.com',
      key,
      fetch: answer({ images: [{ id: 1 }] }),
    });
    assert.equal((await rejection(strange.images())).code, 'kasm-bad-answer');
  });

  it('tells of the problems of the newer revision by code and mend', async () => {
    const rows = [
      [429, 'too-many-requests', 'kasm-too-often', /Wait a few minutes/],
      [409, 'egress-selection-required', 'kasm-launch-choice', /Have the administrator set it/],
      [409, 'no-resources', 'kasm-no-resources', /End a session/],
      [422, 'validation', 'kasm-refused', /Do as it says/],
    ] as const;
    for (const [status, type, code, mend] of rows) {
      const answer: typeof fetch = () =>
        Promise.resolve(
          Response.json({ type: `https://kasm/problems/${type}`, title: 'No.', status }, { status }),
        );
      const api = new KasmApi({
        url: 'https://kasm.example.com',
        key: { key: 'k', secret: 's' },
        revision: 'rest',
        fetch: answer,
      });
      const error = await rejection(api.launch({ userId: 'u', imageId: 'i', environment: {} }));
      assert.equal(error.code, code, type);
      assert.match(error.next, mend);
    }
  });

  it('gives up on a Kasm that does not answer', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    afterwards(() => {
      server.closeAllConnections();
      server.close();
    });
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const api = new KasmApi({
      url,
      key: { key: 'k', secret: 's' },
      timeoutMs: 20,
      tries: 2,
      waitMs: () => 1,
    });
    assert.equal((await rejection(api.images())).code, 'kasm-timeout');
    const cancel = new AbortController();
    const call = rejection(api.images(cancel.signal));
    cancel.abort();
    assert.equal((await call).code, 'cancelled');
  });

  it('tells a certificate that is not trusted from a host that is not there', async () => {
    const key = { key: 'k', secret: 's' };
    const failing =
      (code: string): typeof fetch =>
      () =>
        Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) }));
    const codeOf = async (code: string): Promise<string> =>
      (
        await rejection(
          new KasmApi({ url: 'https://x.example', key, fetch: failing(code), tries: 1 }).images(),
        )
      ).code;
    assert.equal(await codeOf('DEPTH_ZERO_SELF_SIGNED_CERT'), 'kasm-tls');
    assert.equal(await codeOf('ERR_TLS_CERT_ALTNAME_INVALID'), 'kasm-tls');
    assert.equal(await codeOf('ENOTFOUND'), 'kasm-unreachable');
    const server = createTlsServer({}, () => undefined).listen(0, '127.0.0.1'); // has no certificate at all
    afterwards(() => server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const refused = await rejection(new KasmApi({ url, key, tries: 1 }).images());
    assert.match(refused.code, /^kasm-(tls|unreachable)$/);
  });

  it('lets its key go over https, and over plain http on loopback alone', () => {
    for (const url of ['https://kasm.example.com', 'http://127.0.0.1:8080', 'http://localhost'])
      parseKasmUrl(url);
    for (const url of [
      'http://kasm.example.com',
      'https://me:pass@kasm.example.com',
      'kasm',
      '',
      'ftp://x',
    ]) {
      assert.throws(() => parseKasmUrl(url), { code: 'kasm-bad-url' }, url);
    }
  });
});

function tokensIn(calls: readonly { readonly body: Readonly<Record<string, unknown>> }[]): string[] {
  const environments = calls.map(({ body }) => (body['environment'] ?? {}) as Record<string, string>);
  return environments
    .flatMap((one) => Object.entries(one))
    .flatMap(([name, value]) => (name.endsWith('TOKEN') ? [value] : []));
}
