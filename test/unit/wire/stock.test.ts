import assert from 'node:assert/strict';
import { encodeStock, parseStockReply } from '../../../src/core/wire/stock.ts';

describe('stock dialect', () => {
  it('sends ASCII only, and nothing is lost by it', () => {
    const params = { code: 'é日😀\u007f\u2028\ud800"\\\n' };
    const bytes = encodeStock('execute_code', params);
    assert.ok(bytes.every((byte) => byte < 0x7f && byte >= 0x20));
    assert.deepEqual(JSON.parse(bytes.toString()), { type: 'execute_code', params });
  });

  it('reads replies', () => {
    const read = (text: string) => parseStockReply(Buffer.from(text));
    assert.deepEqual(read('{"status":"success","result":{"x":NaN}}'), {
      status: 'success',
      result: { x: null },
    });
    assert.deepEqual(read('{"status":"success"}'), { status: 'success', result: null });
    assert.deepEqual(read('{"status":"error","message":"no"}'), { status: 'error', message: 'no' });
  });

  it('knows what is none', () => {
    for (const text of ['{}', '{"status":"ok"}', '{"jsonrpc":"2.0"}', '{nope}']) {
      assert.throws(() => parseStockReply(Buffer.from(text)), { code: 'not-blender' });
    }
  });
});
