import assert from 'node:assert/strict';
import { deadlines } from '../../../src/core/wire/deadlines.ts';
import { encodeMessage, FrameDecoder } from '../../../src/core/wire/frames.ts';
import { Handshake, type HandshakeStep } from '../../../src/core/wire/handshake.ts';
import { readServerMessage } from '../../../src/core/wire/messages.ts';
import { cuts, vectors } from './support.ts';

type Step =
  | { from: 'client'; object?: { params: { protocols: unknown; nonce?: string } }; frame?: object }
  | { from: 'blender'; object?: object; frame?: object; errorStartsWith?: string; frameErrorCode?: string };
const fixtures = vectors('handshakes') as {
  clientNonce: string;
  token: string;
  cases: { name: string; token: string | null; steps: Step[]; ends: 'ready' | 'stock' | 'closed' }[];
};

const nonce = fixtures.clientNonce;
const begin = ({ token, probe = true }: { token?: string; probe?: boolean } = {}): Handshake =>
  new Handshake({ nonce, client: 'avatar-forge/0.1.0', token, probe, deadlines });
const say = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const unknownHello = say({ status: 'error', message: 'Unknown command type: hello' });

/** What Blender says in a vector's step, as bytes. */
function bytesOf(step: Step & { from: 'blender' }): Buffer {
  if (step.object !== undefined) return say(step.object);
  if (step.errorStartsWith !== undefined)
    return say({ status: 'error', message: `${step.errorStartsWith}.` });
  return encodeMessage(step.frame ?? { error: { code: step.frameErrorCode, message: 'No.' } });
}

function last(handshake: Handshake, pieces: readonly Buffer[]): HandshakeStep {
  let step = handshake.start();
  for (const piece of pieces) {
    step = handshake.receive(piece);
    if (step.is !== 'pending') break;
  }
  return step;
}

function codeOf(step: HandshakeStep): string {
  assert.equal(step.is, 'failed');
  return step.error.code;
}

describe('handshake', () => {
  // The vectors that say what our client says: the others are about clients that do it wrong.
  const ours = fixtures.cases.filter(({ ends, steps }) => {
    const [hello] = steps;
    const params = hello?.from === 'client' ? hello.object?.params : undefined;
    return ends === 'ready' && JSON.stringify(params?.protocols) === '[2]' && params?.nonce === nonce;
  });

  for (const { name, token, steps } of ours) {
    it(`reaches protocol 2: ${name}`, () => {
      const handshake = begin(token === null ? {} : { token });
      let step = handshake.start();
      for (const expected of steps) {
        if (expected.from === 'blender') step = handshake.receive(bytesOf(expected));
        else if (step.is === 'pending') {
          const sent = Buffer.from(step.send ?? []);
          assert.deepEqual(
            sent,
            expected.object ? say(expected.object) : encodeMessage(expected.frame ?? {}),
          );
        }
      }
      assert.equal(step.is, 'forge');
    });
  }

  it('keeps the frames that come right behind it', () => {
    const welcome = fixtures.cases[0]!.steps[1] as Step & { from: 'blender' };
    const beat = { beat: { busy: true, job: null, queue: 1 } };
    for (const pieces of cuts(Buffer.concat([bytesOf(welcome), encodeMessage(beat), Buffer.from([0, 0])]))) {
      const handshake = begin();
      handshake.start();
      let decoder: FrameDecoder | null = null;
      for (const piece of pieces) {
        if (decoder !== null) {
          decoder.feed(piece);
          continue;
        }
        const step = handshake.receive(piece);
        if (step.is === 'forge') decoder = step.decoder;
        else assert.equal(step.is, 'pending');
      }
      const frame = decoder?.next();
      assert.ok(frame?.kind === 1);
      assert.deepEqual(readServerMessage(frame.json), beat);
    }
  });

  it('goes on in the stock dialect where hello is unknown, or no protocol is common', () => {
    for (const pieces of cuts(unknownHello)) assert.equal(last(begin(), pieces).is, 'stock');
    assert.equal(last(begin(), [say({ status: 'error', message: 'No common protocol.' })]).is, 'stock');
  });

  it('knows Blender Lab by the NUL, before the probe and after', () => {
    for (const answer of ['Client timed out\0', '{"status":"error","message":"?"}\0']) {
      for (const pieces of cuts(Buffer.from(answer))) {
        const handshake = begin();
        handshake.start();
        const probe = handshake.timeout();
        assert.ok(probe.is === 'pending' && probe.send?.length === 1 && probe.send[0] === 0);
        const steps = pieces.map((piece) => handshake.receive(piece));
        const end = steps.find((step) => step.is !== 'pending');
        assert.equal(codeOf(end ?? handshake.closed()), 'dialect-blender-lab');
      }
    }
    assert.equal(codeOf(last(begin(), [Buffer.from('Client timed out\0')])), 'dialect-blender-lab');
  });

  it('opens another connection where the answer comes after the probe', () => {
    const handshake = begin();
    handshake.start();
    handshake.timeout();
    assert.equal(handshake.receive(unknownHello).is, 'pending');
    assert.equal(handshake.timeout().is, 'reopen');
  });

  it('gives the second connection all the time, and no NUL', () => {
    const handshake = begin({ probe: false });
    const start = handshake.start();
    assert.ok(start.is === 'pending' && start.waitMs === deadlines.helloMs + deadlines.probeMs);
    assert.equal(codeOf(handshake.timeout()), 'blender-unreachable');
  });

  it('knows what is no Blender', () => {
    for (const text of [
      'HTTP/1.1 400 Bad Request\r\n\r\n',
      'SSH-2.0-OpenSSH_9.2\r\n',
      '{"jsonrpc":"2.0"}',
      '[1]',
      '220 smtp',
    ]) {
      assert.equal(codeOf(last(begin(), [Buffer.from(text)])), 'not-blender', text);
    }
    assert.equal(codeOf(last(begin(), [say({ status: 'success', result: { protocol: 3 } })])), 'not-blender');
    assert.equal(codeOf(last(begin(), [Buffer.alloc(200_000, '{"a":')])), 'protocol-violation');
  });

  it('says that nobody answers', () => {
    const closed = begin();
    closed.start();
    assert.equal(codeOf(closed.closed()), 'blender-unreachable');
    const silent = begin();
    silent.start();
    silent.timeout();
    assert.equal(codeOf(silent.timeout()), 'blender-unreachable');
    const cut = begin();
    cut.start();
    cut.receive(Buffer.from('{"status":'));
    assert.equal(codeOf(cut.closed()), 'not-blender');
  });

  describe('with a token', () => {
    const { steps } = fixtures.cases.find(({ name }) => name === 'right proof')!;
    const [, welcome, , proven] = steps as (Step & { from: 'blender' })[];
    const { token } = fixtures;

    it('refuses a Blender that asks for one where none is set', () => {
      assert.equal(codeOf(last(begin(), [bytesOf(welcome!)])), 'auth-failed');
    });

    it('refuses a Blender that does not ask, since it cannot be the one that is meant', () => {
      const open = fixtures.cases[0]!.steps[1] as Step & { from: 'blender' };
      assert.equal(codeOf(last(begin({ token }), [bytesOf(open)])), 'auth-failed');
      assert.equal(codeOf(last(begin({ token }), [unknownHello])), 'auth-failed');
    });

    it('refuses a proof that is wrong, missing, our own, or early', () => {
      const wrong = { auth: { mac: '0'.repeat(64) } };
      const frames: object[] = [wrong, { auth: { mac: '' } }, { beat: { busy: false, job: null, queue: 0 } }];
      for (const frame of frames) {
        assert.equal(
          codeOf(last(begin({ token }), [bytesOf(welcome!), encodeMessage(frame)])),
          'auth-failed',
        );
      }
      assert.equal(
        codeOf(last(begin({ token }), [bytesOf(welcome!), bytesOf(proven!).fill(0, 5)])),
        'protocol-violation',
      );
      const early = Buffer.concat([bytesOf(welcome!), encodeMessage(wrong)]);
      assert.equal(codeOf(last(begin({ token }), [early, Buffer.alloc(0)])), 'auth-failed');
    });

    it('tells what Blender says to a wrong one', () => {
      const refused = encodeMessage({ error: { code: 'auth-failed', message: 'The token is another.' } });
      assert.equal(codeOf(last(begin({ token }), [bytesOf(welcome!), refused])), 'auth-failed');
    });

    it('does not wait for ever', () => {
      const handshake = begin({ token });
      last(handshake, []);
      handshake.receive(bytesOf(welcome!));
      assert.equal(codeOf(handshake.timeout()), 'blender-unreachable');
    });

    it('takes no large frame before the proof', () => {
      const large = encodeMessage({ auth: { mac: 'x'.repeat(5_000) } });
      assert.equal(codeOf(last(begin({ token }), [bytesOf(welcome!), large])), 'protocol-violation');
    });
  });
});
