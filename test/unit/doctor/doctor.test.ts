import assert from 'node:assert/strict';
import { diagnose } from '../../../src/core/doctor/diagnose.ts';
import type { Diagnosis } from '../../../src/core/doctor/diagnosis.ts';
import type { DoctorFacts } from '../../../src/core/doctor/facts.ts';
import { doctorReport, verdict } from '../../../src/core/doctor/report.ts';

const peer = {
  dialect: 'avatar-forge',
  addonVersion: '0.1.0',
  blenderVersion: '3.4.1',
  background: false,
  instance: null,
} as const;
const well: DoctorFacts = {
  version: '0.1.0',
  machine: 'linux x64, Node 24',
  local: true,
  blender: { is: 'found', value: { path: '/usr/bin/blender', version: '3.4.1' } },
  display: 'xvfb',
  peer: { is: 'found', value: peer },
  home: { is: 'found', value: { folder: '/home/me/avatar-forge' } },
  rclone: { is: 'found', value: { version: '1.75.1' } },
  production: { is: 'found', value: { folder: '/mnt/production' } },
  usesRemote: true,
};
const failed = { is: 'failed', code: 'some-code', message: 'It is not there.', next: 'Install it.' } as const;

function health(facts: Partial<DoctorFacts>): Record<string, Diagnosis['health']> {
  return Object.fromEntries(diagnose({ ...well, ...facts }).map((one) => [one.subject, one.health]));
}

describe('the doctor', () => {
  it('finds nothing where all is well', () => {
    const found = diagnose(well);
    assert.ok(found.every((one) => one.health === 'ok' && one.mend === null));
    assert.equal(verdict(found), 'Everything that was looked at is well.');
  });

  it('wants Blender 3.4 or newer', () => {
    const version = (text: string) =>
      health({ blender: { is: 'found', value: { path: '/b', version: text } } })['Blender on this machine'];
    assert.deepEqual(['2.93.1', '3.3.9', '3.4.0', '3.10.0', '4.0.0', '5.2.2', 'x'].map(version), [
      'error',
      'error',
      'ok',
      'ok',
      'ok',
      'ok',
      'error',
    ]);
  });

  it('does not mind a Blender that is missing here while it runs elsewhere', () => {
    assert.equal(health({ blender: failed })['Blender on this machine'], 'error');
    const elsewhere = health({ blender: failed, local: false });
    assert.equal(elsewhere['Blender on this machine'], 'skipped');
    assert.equal(elsewhere['Display'], 'skipped');
  });

  it('warns of a display that is none, of a stock add-on, of another version; misses rclone where it is needed', () => {
    assert.equal(health({ display: 'background' })['Display'], 'warning');
    const addon = (value: Partial<typeof peer | { dialect: 'stock'; addonVersion: string | null }>) =>
      health({ peer: { is: 'found', value: { ...peer, ...value } } })['Add-on in Blender'];
    assert.equal(addon({ dialect: 'stock', addonVersion: null }), 'warning');
    assert.equal(addon({ addonVersion: '0.0.9' as '0.1.0' }), 'warning');
    assert.equal(health({ rclone: failed })['rclone'], 'error');
    assert.equal(health({ rclone: failed, usesRemote: false })['rclone'], 'skipped');
  });

  it('calls folders that cannot be written and an add-on that does not answer errors', () => {
    const found = health({ home: failed, production: failed, peer: failed });
    assert.deepEqual(
      ['Folder of avatars', 'Production folder', 'Add-on in Blender'].map((subject) => found[subject]),
      ['error', 'error', 'error'],
    );
  });

  it('says what mends each thing that is not well', () => {
    const all = diagnose({
      ...well,
      blender: failed,
      display: 'background',
      peer: failed,
      home: failed,
      rclone: failed,
      production: failed,
    });
    for (const { subject, mend } of all) assert.notEqual(mend, null, subject);
  });

  it('writes a page: a line each, the mend below, names that are no markup', () => {
    const facts = {
      ...well,
      home: { ...failed, message: 'C:\\x `y` <script> [a](b) cannot be written' },
      rclone: { is: 'skipped', why: 'Not looked for.' },
    } as const;
    const page = doctorReport(facts, diagnose(facts));
    assert.match(page, /^To mend: 1 error, 0 warnings\.$/m);
    assert.match(
      page,
      /^- ✗ \*\*Folder of avatars\*\* \(error\): C:\\\\x \\`y\\` \\<script\\> \\\[a\\\]\(b\).*\n {2}- → Install it\.$/m,
    );
    assert.match(page, /^- – \*\*rclone\*\* \(skipped\): Not looked for\.$/m);
    assert.match(page, /^Avatar Forge 0\.1\.0, linux x64, Node 24$/m);
  });
});
