import assert from 'node:assert/strict';
import type { PublicState, PublicUrl } from '../../../src/core/promotion/ports.ts';
import { servedByCdn, servedOnLan } from '../../../src/core/promotion/served.ts';
import { statusOf } from '../../../src/core/promotion/status.ts';
import { FakeTarget } from './fakes.ts';

const right: PublicState = {
  url: 'https://cdn.example/A.vrm',
  status: 200,
  contentType: 'model/gltf-binary',
  cacheControl: 'public, max-age=31536000, immutable',
  size: 4,
};

describe('what an address serves, beside production', () => {
  it('is as it should be only where a size was compared and the headers are right', () => {
    assert.equal(servedByCdn(right, 4), 'same-size');
    assert.equal(servedByCdn({ ...right, size: 5 }, 4), 'other-size');
    assert.equal(servedByCdn({ ...right, size: null }, 4), 'size-unknown');
    assert.equal(servedByCdn(right, null), 'size-unknown');
    assert.equal(servedByCdn({ ...right, status: 404 }, 4), 'not-served');
    assert.equal(servedByCdn({ ...right, contentType: 'text/html' }, 4), 'other-headers');
    for (const cacheControl of [null, 'max-age=60, immutable', 'private, max-age=31536000, immutable'])
      assert.equal(servedByCdn({ ...right, cacheControl }, 4), 'other-headers');
  });

  it('needs no headers on the local network', () => {
    assert.equal(servedOnLan({ status: 200, size: 4 }, 4), 'same-size');
    assert.equal(servedOnLan({ status: 200, size: 5 }, 4), 'other-size');
  });
});

describe('the status of what is published', () => {
  it('lists a kind in all places, with its size and with what is served beside it', async () => {
    const [production, cdn] = [new FakeTarget('production'), new FakeTarget('cdn')];
    for (const [name, text] of [
      ['A.vrm', 'four'],
      ['A-v2.vrm', 'other'],
      ['A.vrm.sha256', 'x'],
      ['Wave.vrma', 'x'],
    ] as const) {
      production.files.set(name, text);
    }
    cdn.files.set('A.vrm', 'four');
    cdn.files.set('Far.vrm', 'four');
    const publicUrl: PublicUrl = {
      base: 'https://cdn.example/',
      urlOf: (name) => name,
      verify: () => Promise.reject(new Error('not asked for')),
      look: (name) => Promise.resolve({ ...right, status: name === 'A-v2.vrm' ? 404 : 200 }),
    };
    const found = await statusOf({ production, mirror: null, cdn, publicUrl }, 'model');
    assert.deepEqual(
      found.map((one) => [one.name, one.production, one.size, one.mirror, one.cdn, one.servedAs, one.newest]),
      [
        ['A-v2.vrm', true, 5, null, false, 'not-served', true],
        ['A.vrm', true, 4, null, true, 'same-size', false],
        ['Far.vrm', false, null, null, true, 'size-unknown', true],
      ],
    );
  });
});
