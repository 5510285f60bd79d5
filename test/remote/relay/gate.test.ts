import assert from 'node:assert/strict';
import { ForgeError } from '../../../src/core/errors.ts';
import { AllowListGate, type Passed } from '../../../src/core/relay/gate.ts';
import { encodeMessage, encodePieceHeader, FrameDecoder } from '../../../src/core/wire/frames.ts';

const hello = Buffer.from(
  '{"type":"hello","params":{"protocols":[2],"nonce":"0123456789abcdef0123456789abcdef","client":"t/0"}}',
);
const greeting = Buffer.from(
  JSON.stringify({
    status: 'success',
    result: {
      protocol: 2,
      nonce: 'fedcba9876543210fedcba9876543210',
      instance: 'i',
      auth: 'none',
      addon: '0',
      blender: '4',
      background: true,
      capabilities: [],
    },
  }),
);

describe('the allow-list at the relay', () => {
  it('passes what is allowed byte for byte, wherever it is cut', () => {
    const piece = Buffer.from('bytes of a stream');
    const asked = Buffer.concat([
      encodeMessage({ auth: { mac: 'ab' } }),
      encodeMessage({ id: 1, method: 'get_scene_info', params: { deep: [1, { x: 'ü' }] } }),
      encodeMessage({ id: 2, method: 'file.get', params: {} }),
      encodePieceHeader(2, 0, piece.length),
      piece,
      encodeMessage({ cancel: 1 }),
    ]);
    for (const size of [1, 7, 64, asked.length]) {
      const gate = greeted(['get_scene_info', 'file.*']);
      const heard = pieces(asked, size).map((chunk) => gate.fromClient(chunk));
      assert.ok(bytesTo('toBlender', heard).equals(asked), `in pieces of ${size}`);
      assert.equal(bytesTo('toClient', heard).length, 0);
    }
  });

  it('answers the rest itself, never in the middle of a frame of Blender', () => {
    const gate = greeted(['ping']);
    const answer = encodeMessage({ id: 1, result: { text: 'x'.repeat(100) } });
    const passed: Passed[] = [
      gate.fromBlender(answer.subarray(0, 3)),
      gate.fromClient(encodeMessage({ id: 7, method: 'execute_blender_code', params: { code: 'x' } })),
      gate.fromBlender(answer.subarray(3, 50)),
      gate.fromBlender(Buffer.concat([answer.subarray(50), answer])),
    ];
    assert.equal(bytesTo('toBlender', passed).length, 0);
    assert.deepEqual(
      passed.flatMap(({ refused }) => refused),
      ['execute_blender_code'],
    );
    const messages = decoded(bytesTo('toClient', passed)) as { id: number; error?: { code: string } }[];
    assert.deepEqual(
      messages.map(({ id, error }) => [id, error?.code]),
      [
        [1, undefined],
        [7, 'not-allowed'],
        [1, undefined],
      ],
    );
    // While nothing comes from Blender the answer goes at once.
    const idle = gate.fromClient(encodeMessage({ id: 8, method: 'status', params: {} }));
    assert.equal(decoded(bytesTo('toClient', [idle])).length, 1);
  });

  it('holds what the client sends before Blender has greeted', () => {
    const gate = new AllowListGate(['ping']);
    const early = Buffer.concat([hello, encodeMessage({ id: 1, method: 'ping', params: {} })]);
    assert.ok(bytesTo('toBlender', [gate.fromClient(early)]).equals(hello));
    const after = gate.fromBlender(greeting);
    assert.equal(decoded(bytesTo('toBlender', [after])).length, 1);
    assert.ok(bytesTo('toClient', [after]).equals(greeting));
  });

  it('holds no more than one request before Blender has greeted', () => {
    const gate = new AllowListGate(['ping']);
    gate.fromClient(hello);
    const megabyte = Buffer.alloc(1 << 20);
    const held = (): number => {
      for (let fed = 1; fed <= 20; fed += 1)
        if (codeOf(() => gate.fromClient(megabyte)) === 'protocol-violation') return fed;
      return Infinity;
    };
    assert.equal(held(), 9);
  });

  it('reads no further once too many were refused', () => {
    const gate = greeted(['ping']);
    const refusedOnes = Array.from({ length: 1_000 }, (_, id) => encodeMessage({ id, method: `m${id}` }));
    const first = gate.fromClient(Buffer.concat(refusedOnes.slice(0, 100)));
    assert.equal(first.refused.length, 100);
    assert.ok(!gate.isOver);
    const rest = gate.fromClient(
      Buffer.concat([...refusedOnes.slice(100), encodeMessage({ id: 1, method: 'ping' })]),
    );
    assert.deepEqual(rest.refused, ['m100']);
    assert.equal(rest.toBlender.length, 0);
    assert.ok(gate.isOver);
  });

  it('counts the messages it has read: each takes time, whatever its size', () => {
    const gate = greeted(['ping']);
    const cancels = Array.from({ length: 300 }, () => encodeMessage({ cancel: 1 }));
    assert.equal(gate.fromClient(Buffer.concat([...cancels, Buffer.from([0])])).read, 300);
    assert.equal(gate.fromClient(Buffer.from([0])).read, 0);
    assert.equal(gate.fromBlender(Buffer.from([0])).read, 0);
  });

  it('refuses the stock dialect, from either side', () => {
    const get = Buffer.from('{"type":"get_scene_info","params":{}}');
    assert.equal(
      codeOf(() => new AllowListGate(['get_scene_info']).fromClient(get)),
      'stock-not-allowed',
    );
    const gate = new AllowListGate(['ping']);
    gate.fromClient(hello);
    const unknown = Buffer.from('{"status":"error","message":"Unknown command type: hello"}');
    assert.equal(
      codeOf(() => gate.fromBlender(unknown)),
      'stock-not-allowed',
    );
  });

  it('lets nothing through that it cannot read', () => {
    const raw = (text: string | Buffer): Buffer => {
      const json = Buffer.from(text);
      const head = Buffer.from([0, 0, 0, 0, 1]);
      head.writeUInt32BE(json.length + 1, 0);
      return Buffer.concat([head, json]);
    };
    for (const bad of [
      raw('{"id":NaN,"method":"execute_blender_code"}'),
      raw(Buffer.from([0x7b, 0xff, 0x7d])),
      raw('\ufeff{"id":1,"method":"ping"}'),
      raw('{"id":1,"method":["execute_blender_code"]}'),
      raw('{"cancel":1,"id":1,"method":"execute_blender_code","method":7}'),
      raw('{"cancel":1,"more":1}'),
      raw('[]'),
      Buffer.from([0, 0, 0, 0]),
      Buffer.from([0, 0, 0, 2, 9]),
      Buffer.from([0xff, 0, 0, 2, 1]),
    ]) {
      assert.equal(
        codeOf(() => greeted(['ping']).fromClient(bad)),
        'protocol-violation',
        bad.toString('latin1'),
      );
    }
    // Two methods: the one that Blender's parser takes is judged.
    const twice = greeted(['ping']).fromClient(
      raw('{"id":1,"method":"ping","method":"execute_blender_code"}'),
    );
    assert.deepEqual(twice.refused, ['execute_blender_code']);
    // A cancel with a method beside it is a request.
    const masked = greeted(['ping']).fromClient(raw('{"cancel":1,"id":1,"method":"execute_blender_code"}'));
    assert.deepEqual(masked.refused, ['execute_blender_code']);
  });
});

function greeted(allow: readonly string[]): AllowListGate {
  const gate = new AllowListGate(allow);
  gate.fromClient(hello);
  gate.fromBlender(greeting);
  return gate;
}

function pieces(bytes: Buffer, size: number): Buffer[] {
  const cut: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) cut.push(bytes.subarray(at, at + size));
  return cut;
}

function bytesTo(side: 'toBlender' | 'toClient', passed: readonly Passed[]): Buffer {
  return Buffer.concat(passed.flatMap((it) => it[side]));
}

function decoded(bytes: Buffer): unknown[] {
  const decoder = new FrameDecoder();
  decoder.feed(bytes);
  const messages: unknown[] = [];
  for (let frame = decoder.next(); frame !== null; frame = decoder.next())
    if (frame.kind === 1) messages.push(JSON.parse(frame.json.toString()));
  return messages;
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (thrown) {
    assert.ok(thrown instanceof ForgeError);
    return thrown.code;
  }
  return 'nothing was thrown';
}
