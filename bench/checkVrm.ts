import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openModel } from '../src/adapters/vrm/openModel.ts';
import { checkVrm } from '../src/core/vrm/check.ts';
import { PROFILES } from '../src/core/vrm/profile.ts';
import { bigVrm } from '../test/support/vrm/bigVrm.ts';
import { BinWriter, packGlb } from '../test/support/vrm/glb.ts';
import { edited } from '../test/support/vrm/json.ts';
import { sampleVrm } from '../test/support/vrm/sampleVrm.ts';
import { type Bench, percentile, timeRow, timesOf } from './bench.ts';

/** A grid of so many vertices a side, skinned and with two triangles for each. */
const side = 800;

export const check: Bench = {
  name: 'check',
  about:
    'our rules on a large model, beside reading each of its bytes once (SHA-256); what a look at a URL fetches of it',
  async *run() {
    const glb = largeModel();
    const ours = await timesOf(10, () => Promise.resolve(checkVrm(glb, { profile: PROFILES.web })), 2);
    const hash = () => Promise.resolve(createHash('sha256').update(glb).digest('hex'));
    const reference = await timesOf(10, hash, 2);
    const megabytes = glb.length / 1e6;
    yield timeRow(
      `check, 1 MB of ${Math.round(megabytes)}`,
      percentile(ours, 50) / megabytes,
      percentile(reference, 50) / megabytes,
      '≤ 2 ms',
    );
    const model = bigVrm(28e6, 1024);
    const fetched = (await bytesFetched(model)) / 1000;
    const whole = model.length / 1000;
    yield {
      bench: 'looking at a model by its URL',
      ours: Number(fetched.toPrecision(4)),
      reference: Math.round(whole),
      unit: 'kB',
      ratio: Number((whole / fetched).toPrecision(4)),
      aim: '≤ 66 kB',
    };
  },
};

/** What comes over the wire, as bodies, until the structure of a model is known. */
async function bytesFetched(model: Uint8Array): Promise<number> {
  let sent = 0;
  const server = createServer((request, response) => {
    const end = Number(/^bytes=0-(\d+)$/.exec(request.headers.range ?? '')?.[1] ?? model.length - 1);
    const part = model.subarray(0, end + 1);
    sent += part.length;
    response.writeHead(206, { 'Content-Range': `bytes 0-${end}/${model.length}` }).end(part);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const { bytes, totalBytes } = await openModel(`http://127.0.0.1:${port}/model.vrm`);
    if (checkVrm(bytes, { totalBytes }).facts === null) throw new Error('nothing is known of it');
    return sent;
  } finally {
    server.close();
  }
}

function largeModel(): Uint8Array {
  const { document, bin } = sampleVrm('1.0');
  const own = new BinWriter();
  const count = side * side;
  const accessor = (
    data: Uint8Array | Float32Array,
    componentType: number,
    type: string,
    of = count,
  ): number => own.accessor({ bufferView: own.view(data), componentType, count: of, type });
  const points = new Float32Array(3 * count);
  for (let n = 0; n < count; n += 1) points.set([(n % side) / side, Math.floor(n / side) / side, 0], 3 * n);
  const position = accessor(points, 5126, 'VEC3');
  const joints = accessor(new Uint8Array(4 * count), 5121, 'VEC4');
  const weights = accessor(
    new Float32Array(4 * count).map((_, n) => (n % 4 === 0 ? 1 : 0)),
    5126,
    'VEC4',
  );
  const corners = new Uint32Array(6 * (side - 1) * side);
  for (let n = 0; n + 6 <= corners.length; n += 6) {
    const a = n / 6;
    corners.set(
      [a, a + 1, a + side, a + 1, a + side + 1, a + side].map((at) => at % count),
      n,
    );
  }
  const indices = accessor(new Uint8Array(corners.buffer), 5125, 'SCALAR', corners.length);
  const { accessors, bufferViews } = document as Record<string, object[]>;
  const shift = accessors?.length ?? 0;
  const views = bufferViews?.length ?? 0;
  const moved = own.bufferViews.map((view) => ({
    ...view,
    byteOffset: bin.length + Number(Reflect.get(view, 'byteOffset')),
  }));
  const bytes = new Uint8Array(Buffer.concat([bin, own.bytes]));
  const large = edited(document, [
    ...moved.map((value) => ({ at: '/bufferViews/-', value })),
    ...own.accessors.map((value) => ({
      at: '/accessors/-',
      value: { ...value, bufferView: views + Number(Reflect.get(value, 'bufferView')) },
    })),
    { at: '/buffers/0/byteLength', value: bytes.length },
    {
      at: '/meshes/0/primitives/-',
      value: {
        attributes: { POSITION: shift + position, JOINTS_0: shift + joints, WEIGHTS_0: shift + weights },
        indices: shift + indices,
      },
    },
  ]);
  return packGlb(large, bytes);
}
