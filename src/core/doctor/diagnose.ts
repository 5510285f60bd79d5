import type { Diagnosis } from './diagnosis.ts';
import type { DoctorFacts } from './facts.ts';
import { diagnoseKasm } from './kasm.ts';
import { notFound } from './notFound.ts';

/** The oldest Blender the add-on and the command library run in. */
const oldestBlender = [3, 4] as const;

type Rule = (facts: DoctorFacts) => Diagnosis;

/** One rule a subject, in the order they are shown. */
const rules: readonly Rule[] = [blender, display, addon, home, production, rclone];

export function diagnose(facts: DoctorFacts): readonly Diagnosis[] {
  const { kasm } = facts;
  return [...rules.map((rule) => rule(facts)), ...(kasm === undefined ? [] : diagnoseKasm(kasm))];
}

function blender({ blender: probe, local }: DoctorFacts): Diagnosis {
  const subject = 'Blender on this machine';
  if (probe.is !== 'found') return notFound(subject, probe, local ? 'error' : 'skipped');
  const { path, version } = probe.value;
  if (!isAtLeast(version, oldestBlender)) {
    return {
      subject,
      health: 'error',
      says: `${path} is Blender ${version}; Avatar Forge needs ${oldestBlender.join('.')} or newer.`,
      mend: 'Install a newer Blender (blender.org), and name it in the setting avatarForge.workstation.blenderPath.',
    };
  }
  return { subject, health: 'ok', says: `Blender ${version} at ${path}.`, mend: null };
}

function display({ display: mode, local }: DoctorFacts): Diagnosis {
  const subject = 'Display';
  if (!local) return { subject, health: 'skipped', says: 'Blender runs elsewhere.', mend: null };
  switch (mode) {
    case 'window':
      return { subject, health: 'ok', says: 'Blender opens a window of its own.', mend: null };
    case 'xvfb':
      return {
        subject,
        health: 'ok',
        says: 'Blender runs under Xvfb, with a window that nobody sees.',
        mend: null,
      };
    case 'background':
      return {
        subject,
        health: 'warning',
        says: 'There is neither a display nor Xvfb: Blender runs in background, and pictures of the viewport are drawn another way, more slowly.',
        mend: 'Install Xvfb (Debian: apt-get install xvfb), then start the workstation again.',
      };
  }
}

function addon({ peer, version }: DoctorFacts): Diagnosis {
  const subject = 'Add-on in Blender';
  if (peer.is !== 'found') return notFound(subject, peer, 'error');
  const { dialect, addonVersion, blenderVersion, background } = peer.value;
  const where = `Blender ${blenderVersion}${background ? ', in background' : ''}`;
  if (dialect === 'stock') {
    return {
      subject,
      health: 'warning',
      says: `${where}, answers as the stock add-on: no progress, no cancelling, larger messages.`,
      mend: 'Install avatar_forge.zip of this extension in that Blender, instead of the stock add-on.',
    };
  }
  if (addonVersion !== version) {
    return {
      subject,
      health: 'warning',
      says: `${where}, has the add-on ${addonVersion ?? 'of an unknown version'}, but this is ${version}.`,
      mend: `Install avatar_forge.zip of ${version} in that Blender.`,
    };
  }
  return { subject, health: 'ok', says: `${where}, add-on ${addonVersion}.`, mend: null };
}

function home({ home: probe }: DoctorFacts): Diagnosis {
  const subject = 'Folder of avatars';
  if (probe.is !== 'found') return notFound(subject, probe, 'error');
  return { subject, health: 'ok', says: `${probe.value.folder} can be written.`, mend: null };
}

function production({ production: probe }: DoctorFacts): Diagnosis {
  const subject = 'Production folder';
  if (probe.is !== 'found') return notFound(subject, probe, 'error');
  return { subject, health: 'ok', says: `${probe.value.folder} can be written.`, mend: null };
}

function rclone({ rclone: probe, usesRemote }: DoctorFacts): Diagnosis {
  const subject = 'rclone';
  if (probe.is !== 'found') {
    if (usesRemote) return notFound(subject, probe, 'error');
    return { subject, health: 'skipped', says: 'Not needed: no remote of exports is set.', mend: null };
  }
  return { subject, health: 'ok', says: `rclone ${probe.value.version}.`, mend: null };
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [, foundMajor, foundMinor] = /(\d+)\.(\d+)/.exec(version) ?? [];
  if (foundMajor === undefined || foundMinor === undefined) return false;
  return Number(foundMajor) > major || (Number(foundMajor) === major && Number(foundMinor) >= minor);
}
