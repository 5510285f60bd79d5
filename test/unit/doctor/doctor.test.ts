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
  workstation: {
    is: 'found',
    value: { home: '/s3/blender-avatars', writable: true, reason: null, freeMiB: 9_000, vrmAddon: '3.7.2' },
  },
  route: {
    place: 'kasm.example.com:443',
    name: { is: 'found', value: ['192.0.2.7'] },
    tls: { is: 'found', value: 'TLSv1.3; the certificate is trusted.' },
    login: { is: 'found', value: true },
    path: { is: 'found', value: '/blender' },
    agent: { is: 'found', value: true },
  },
  remote: { is: 'found', value: { folder: 'quobyte:avatars/exports', files: 3 } },
  home: { is: 'found', value: { folder: '/home/me/avatar-forge' } },
  rclone: { is: 'found', value: { version: '1.75.1' } },
  production: { is: 'found', value: { folder: '/mnt/production', files: null } },
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

  it('tells each step of the way to a Blender elsewhere', () => {
    const steps = {
      name: 'Name of the workstation',
      tls: 'TLS to the workstation',
      login: 'Login at the workstation',
      path: 'Path to the agent',
      agent: 'Agent before Blender',
    };
    for (const [step, subject] of Object.entries(steps)) {
      assert.equal(health({})[subject], 'ok');
      assert.equal(health({ route: { ...well.route!, [step]: failed } })[subject], 'error', step);
    }
    assert.ok(!Object.keys(health({ route: undefined })).includes('Agent before Blender'));
  });

  it('tells of the machine of Blender: a VRM add-on, a folder that can be written, room in it', () => {
    const machine = well.workstation.is === 'found' ? well.workstation.value : null;
    const with_ = (change: object) =>
      health({ workstation: { is: 'found', value: { ...machine!, ...change } } });
    assert.equal(with_({})['VRM add-on in Blender'], 'ok');
    assert.equal(with_({ vrmAddon: null })['VRM add-on in Blender'], 'warning');
    const folder = 'Folder of the workstation';
    assert.deepEqual(
      [{}, { writable: false, reason: 'Read-only file system' }, { freeMiB: 10 }, { freeMiB: null }].map(
        (change) => with_(change)[folder],
      ),
      ['ok', 'error', 'warning', 'ok'],
    );
    assert.equal(health({ workstation: failed })[folder], 'warning');
  });

  it('tells of the remote of exports, where one is set', () => {
    assert.equal(health({})['Remote of exports'], 'ok');
    assert.equal(health({ remote: failed })['Remote of exports'], 'error');
    assert.ok(!Object.keys(health({ remote: null })).includes('Remote of exports'));
  });

  it('calls folders that cannot be written and an add-on that does not answer errors', () => {
    const found = health({ home: failed, production: failed, peer: failed });
    assert.deepEqual(
      ['Folder of avatars', 'Production', 'Add-on in Blender'].map((subject) => found[subject]),
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
      remote: failed,
      workstation: failed,
      route: { ...well.route!, name: failed, tls: failed, login: failed, path: failed, agent: failed },
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
