import assert from 'node:assert/strict';
import type { Finding } from '../../../src/core/vrm/finding.ts';
import { Jobs } from '../../../src/server/jobs.ts';
import { vrmCheck } from '../../../src/server/tools/vrmCheck.ts';
import { outsideFor } from '../../support/assets/outside.ts';
import { FakeBlender } from '../../support/fakeBlender.ts';
import { sampleVrm } from '../../support/vrm/sampleVrm.ts';

const contextWith = (findings: readonly Finding[]): Parameters<typeof vrmCheck.run>[1] => ({
  blender: new FakeBlender({}, { 'A.vrm': sampleVrm('1.0').glb }),
  validator: { validate: () => Promise.resolve(findings) },
  jobs: new Jobs(),
  outside: outsideFor(),
  showsApps: false,
  signal: new AbortController().signal,
});

describe('vrm_check', () => {
  it('holds a file against each of the profiles', async () => {
    for (const profile of ['spec', 'app', 'web'] as const) {
      const { structured } = await vrmCheck.run({ file: 'A.vrm', profile }, contextWith([]));
      assert.deepEqual([structured['ok'], structured['profile']], [true, profile]);
    }
  });

  it('counts all that was found, and says information that repeats itself once', async () => {
    const empty = (node: number): Finding => ({
      code: 'gltf:NODE_EMPTY',
      severity: 'info',
      message: 'Empty node encountered.',
      next: 'Nothing needs to be done.',
      where: { pointer: `/nodes/${node}` },
      spec: null,
    });
    const { structured } = await vrmCheck.run({ file: 'A.vrm' }, contextWith([1, 2, 3].map(empty)));
    assert.deepEqual([structured['ok'], structured['more_findings']], [true, 0]);
    assert.ok((structured['counts'] as { infos: number }).infos >= 3);
    const said = (structured['findings'] as Finding[]).filter(({ code }) => code === 'gltf:NODE_EMPTY');
    assert.deepEqual(
      said.map(({ message }) => message),
      ['Empty node encountered. (and 2 more of this code)'],
    );
  });
});
