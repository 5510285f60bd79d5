import assert from 'node:assert/strict';
import type { WorkstationState } from '../../../src/core/workstation.ts';
import type { Avatar, AvatarDetails } from '../../../src/extension/avatars/avatar.ts';
import type { WorkstationInfo } from '../../../src/extension/services.ts';
import { inEditorWords, settingIn } from '../../../src/extension/editorWords.ts';
import { bytesText, countText, durationText } from '../../../src/extension/text.ts';
import {
  avatarDescription,
  avatarLabel,
  avatarTooltip,
  badgeOf,
} from '../../../src/extension/views/avatarText.ts';
import { debounced } from '../../../src/extension/views/debounce.ts';
import {
  isUp,
  stateIcon,
  statusBarText,
  workstationDescription,
  workstationFacts,
  workstationLabel,
} from '../../../src/extension/views/workstationText.ts';
import { english as t } from './support.ts';

const ready: WorkstationInfo = {
  provider: 'thisMachine',
  label: 'This machine',
  state: { is: 'ready' },
  latencyMs: 3.4,
  blenderVersion: '3.4.1',
  addonVersion: '0.1.0',
  scene: { file: 'hero.blend', objects: 12, triangles: 3400 },
  sinceMs: 0,
  upSinceMs: 0,
  screenUrl: null,
  ways: [],
};
const down: WorkstationInfo = {
  ...ready,
  latencyMs: null,
  blenderVersion: null,
  addonVersion: null,
  scene: null,
  upSinceMs: null,
  screenUrl: null,
};
const withState = (state: WorkstationState): WorkstationInfo => ({ ...down, state });

describe('what the Workstations view says', () => {
  it('tells state and latency beside the name', () => {
    assert.equal(workstationDescription(ready, t), 'ready · 3 ms');
    assert.equal(workstationDescription(withState({ is: 'absent' }), t), 'not started');
    assert.equal(workstationDescription({ ...ready, latencyMs: 0.2 }, t), 'ready · < 1 ms');
  });

  it('tells Blender, scene and uptime below it', () => {
    assert.deepEqual(
      workstationFacts(ready, 7_800_000, t).map(({ label, value }) => `${label}: ${value}`),
      [
        'Blender: 3.4.1 · add-on 0.1.0',
        'Scene: hero.blend · 12 objects · 3.4 k triangles',
        'Up for: 2 h 10 min',
      ],
    );
  });

  it('says nothing it does not know, and why it failed', () => {
    const failed = withState({ is: 'failed', failure: { code: 'x', message: 'No Blender. Install it.' } });
    assert.deepEqual(
      workstationFacts(failed, 0, t).map(({ value }) => value),
      ['No Blender. Install it.'],
    );
    assert.equal(workstationLabel(failed, t), 'This machine, failed, No Blender. Install it.');
    assert.deepEqual(workstationFacts(withState({ is: 'launching' }), 0, t), []);
  });

  it('tells a stock add-on from ours', () => {
    const [blender] = workstationFacts({ ...ready, addonVersion: null }, 0, t);
    assert.equal(blender?.value, '3.4.1 · stock add-on');
  });

  it('shows the latency in the status bar while ready, else the state', () => {
    assert.equal(statusBarText(ready, t), '$(vm-active) Blender 3 ms');
    assert.equal(
      statusBarText(withState({ is: 'reconnecting', attempt: 2 }), t),
      '$(loading~spin) Blender: reconnecting, attempt 2',
    );
    assert.equal(
      statusBarText({ ...ready, state: { is: 'busy', job: 'vrm_export' } }, t),
      '$(vm-running) Blender: busy: vrm_export',
    );
  });

  it('can be stopped in just the states in which something is there', () => {
    const all: readonly WorkstationState[] = [
      { is: 'absent' },
      { is: 'launching' },
      { is: 'starting' },
      { is: 'connecting' },
      { is: 'ready' },
      { is: 'busy', job: null },
      { is: 'reconnecting', attempt: 1 },
      { is: 'idle' },
      { is: 'stopping' },
      { is: 'stopped' },
      { is: 'failed', failure: { code: 'x', message: 'y' } },
    ];
    const up = all.filter((state) => isUp(state)).map(({ is }) => is);
    assert.deepEqual(up, [
      'launching',
      'starting',
      'connecting',
      'ready',
      'busy',
      'reconnecting',
      'stopping',
    ]);
    for (const state of all) assert.match(stateIcon(state), /^[a-z-]+(~spin)?$/);
  });
});

const avatar: Avatar = { kind: 'export', name: 'Companion.vrm', size: 9_040_000, modifiedMs: 0, path: '/x' };
const details: AvatarDetails = {
  version: '1.0',
  title: 'Companion',
  counts: { errors: 2, warnings: 1, infos: 4 },
  triangles: 94_512,
  heightM: 1.6,
  thumbnail: null,
};
const sound = { ...details, counts: { errors: 0, warnings: 0, infos: 4 } };

describe('what the Avatars view says', () => {
  it('tells size, version and findings beside the name, as far as they are known', () => {
    assert.equal(avatarDescription(avatar, null, t), '9.0 MB');
    assert.equal(avatarDescription(avatar, details, t), '9.0 MB · VRM 1.0 · 2 errors, 1 warning');
    assert.equal(avatarDescription(avatar, sound, t), '9.0 MB · VRM 1.0');
    assert.equal(avatarDescription(avatar, { ...details, version: null }, t), '9.0 MB · no VRM');
  });

  it('tells screen readers what badges and pictures tell', () => {
    assert.equal(
      avatarLabel(avatar, details, t),
      'Companion.vrm, export, 9.0 MB, VRM 1.0, 2 errors, 1 warning',
    );
    assert.equal(avatarLabel(avatar, sound, t), 'Companion.vrm, export, 9.0 MB, VRM 1.0, no findings');
  });

  it('badges errors before warnings, with two characters at most', () => {
    assert.deepEqual(badgeOf(details), { badge: '2', is: 'error' });
    assert.deepEqual(badgeOf({ ...details, counts: { errors: 0, warnings: 12, infos: 0 } }), {
      badge: '9+',
      is: 'warning',
    });
    assert.equal(badgeOf(sound), null);
    assert.equal(badgeOf(null), null);
  });

  it('shows picture and facts in the hover; a title from the file is no markup', () => {
    const evil = { ...details, title: '[click](command:x) ![a](http://b) <b>\u202e**' };
    const text = avatarTooltip(avatar, evil, 'ab12.png', null, t, 'en');
    assert.match(text, /^\*\*\\\[click\\\]\(command:x\) \\?!\\\[a\\\]\(http:\/\/b\) \\<b\\>.*\*\*$/m);
    assert.match(text, /!\[Thumbnail\]\(ab12\.png\|width=160\)/);
    assert.match(text, /VRM 1\.0 · 94,512 triangles · 1\.60 m tall/);
    assert.ok(!text.includes('\u202e'));
  });
});

describe('sizes and durations', () => {
  it('have units that are read at a glance', () => {
    assert.deepEqual([0, 999, 29_940, 999_949, 999_950].map(countText), [
      '0',
      '999',
      '29.9 k',
      '999.9 k',
      '1.0 M',
    ]);
    assert.deepEqual([0, 999, 1000, 999_949, 999_950, 28_000_000, 3.2e9].map(bytesText), [
      '0 B',
      '999 B',
      '1.0 kB',
      '999.9 kB',
      '1.0 MB',
      '28.0 MB',
      '3.2 GB',
    ]);
    assert.deepEqual([-5, 12_900, 60_000, 3_600_000, 93_600_000].map(durationText), [
      '0 s',
      '12 s',
      '1 min',
      '1 h',
      '1 d 2 h',
    ]);
  });
});

describe('what errors name', () => {
  it('is a setting here, a variable elsewhere', () => {
    const message = 'Install Blender, or set AVATAR_FORGE_BLENDER to its executable.';
    assert.equal(
      inEditorWords(message),
      'Install Blender, or set avatarForge.workstation.blenderPath to its executable.',
    );
    assert.equal(settingIn(message), 'avatarForge.workstation.blenderPath');
    assert.equal(settingIn('Set avatarForge.home.'), 'avatarForge.home');
    assert.equal(
      settingIn('Install rclone, or name one in AVATAR_FORGE_RCLONE.'),
      'avatarForge.storage.rclonePath',
    );
    assert.equal(settingIn('Set AVATAR_FORGE_TOKEN.'), null);
  });
});

describe('debounced', () => {
  it('acts once for a burst, and not after it was disposed', async () => {
    let count = 0;
    const act = debounced(5, () => (count += 1));
    for (let n = 0; n < 10; n += 1) act();
    assert.equal(count, 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(count, 1);
    act();
    act.dispose();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(count, 1);
  });
});
