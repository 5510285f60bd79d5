import assert from 'node:assert/strict';
import { isProof, proof } from '../../../src/core/wire/auth.ts';
import { vectors } from './support.ts';

const { proofs } = vectors('proofs') as {
  proofs: {
    name: string;
    token: string;
    clientNonce: string;
    serverNonce: string;
    instance: string;
    clientMac: string;
    serverMac: string;
  }[];
};

describe('proof of the token', () => {
  for (const { name, token, clientMac, serverMac, ...challenge } of proofs) {
    it(`is as the vectors have it: ${name}`, () => {
      assert.equal(proof(token, 'client', challenge), clientMac);
      assert.equal(proof(token, 'server', challenge), serverMac);
      assert.ok(isProof(serverMac, token, 'server', challenge));
    });
    it(`is refused where it is another's: ${name}`, () => {
      for (const mac of [clientMac, '', 'é', serverMac.toUpperCase(), serverMac.slice(1), `${serverMac}0`]) {
        assert.equal(isProof(mac, token, 'server', challenge), false);
      }
      assert.equal(isProof(serverMac, `${token} `, 'server', challenge), false);
    });
  }
});
