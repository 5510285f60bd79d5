import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { skip } from '../support/skip.ts';
import { build, images, obstacle, standIn } from './support.ts';

const target = 'parts-from-downloads';

/** Small archives of the shape of the real ones, served from here: whether they are checked does not depend on what is in them. */
describe('the downloads of the image', function () {
  this.timeout(300_000);
  let server: Server;
  let folder: string;
  let args: Record<string, string>;
  const asked: string[] = [];

  before(async function () {
    const why = obstacle();
    if (why !== null) return skip(this, why);
    folder = mkdtempSync(join(tmpdir(), 'avatar-forge-downloads-'));
    for (const [path, text] of [
      ['blender-0.0.0-linux-x64/blender', '#!/bin/sh\n'],
      ['package/bin/node', '#!/bin/sh\n'],
    ] as const) {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const tar = (flag: string, file: string, what: string): void =>
      assert.equal(spawnSync('tar', ['-C', folder, flag, file, what], { cwd: folder }).status, 0);
    tar('-cJf', 'blender.tar.xz', 'blender-0.0.0-linux-x64');
    tar('-czf', 'node.tgz', 'package');
    writeFileSync(
      join(folder, 'vrm.zip'),
      zipSync({ 'blender_manifest.toml': Buffer.from(''), '__init__.py': Buffer.from('') }),
    );
    server = createServer(({ url = '' }, response) => {
      asked.push(url);
      response.end(readFileSync(join(folder, url)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    args = { BASE_IMAGE: await standIn() };
    for (const [name, file] of [
      ['BLENDER', 'blender.tar.xz'],
      ['NODE', 'node.tgz'],
      ['VRM_ADDON', 'vrm.zip'],
    ] as const) {
      args[`${name}_URL`] = `${origin}/${file}`;
      args[`${name}_SHA256`] = createHash('sha256')
        .update(readFileSync(join(folder, file)))
        .digest('hex');
    }
  });
  after(() => {
    if ((folder as string | undefined) === undefined) return;
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('are taken where the checksums are right', async () => {
    const tag = `localhost/avatar-forge-downloads:${process.pid}`;
    const { code, log } = await build(args, { target, tag });
    assert.equal(code, 0, log);
    assert.deepEqual(asked, ['/blender.tar.xz', '/node.tgz', '/vrm.zip']);
    await images(['rmi', tag]);
  });

  for (const name of ['BLENDER', 'NODE', 'VRM_ADDON']) {
    it(`end the build where the one of ${name} is wrong, or is none`, async () => {
      const wrong = await build({ ...args, [`${name}_SHA256`]: '0'.repeat(64) }, { target });
      assert.notEqual(wrong.code, 0);
      assert.match(wrong.log, /Wrong checksum: http:\S+ has the sha256 [\da-f]{64}, and 0{64} is asked for/);
      const none = await build({ ...args, [`${name}_SHA256`]: '' }, { target });
      assert.notEqual(none.code, 0);
      assert.match(none.log, /is no sha256/);
    });
  }
});
