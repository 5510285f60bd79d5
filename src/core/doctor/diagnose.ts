import type { Diagnosis } from './diagnosis.ts';
import type { DoctorFacts } from './facts.ts';
import { diagnoseKasm } from './kasm.ts';
import { notFound } from './notFound.ts';
import { diagnoseRoute } from './route.ts';

/** The oldest Blender the add-on and the command library run in. */
const oldestBlender = [3, 4] as const;
const leastFreeMiB = 500;

/** The rows of one subject; none where it has no place. */
type Rule = (facts: DoctorFacts) => Diagnosis | readonly Diagnosis[];

/** One rule a subject, in the order they are shown. */
const rules: readonly Rule[] = [
  blender,
  display,
  ({ kasm }) => (kasm === undefined ? [] : diagnoseKasm(kasm)),
  ({ route }) => (route === undefined ? [] : diagnoseRoute(route)),
  addon,
  vrmAddon,
  workstationHome,
  home,
  production,
  rclone,
  remote,
];

export function diagnose(facts: DoctorFacts): readonly Diagnosis[] {
  return rules.flatMap((rule) => rule(facts));
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

/** Not needed: exports have a writer of their own. */
function vrmAddon({ workstation }: DoctorFacts): Diagnosis {
  const subject = 'VRM add-on in Blender';
  if (workstation.is !== 'found') return notFound(subject, workstation, 'warning');
  const { vrmAddon: version } = workstation.value;
  if (version !== null) return { subject, health: 'ok', says: `It is enabled (${version}).`, mend: null };
  return {
    subject,
    health: 'warning',
    says: 'None is enabled: VRM is written by Avatar Forge itself, and no .vrm can be opened in Blender.',
    mend: 'Install and enable the extension “VRM format” in Blender, where you want to open .vrm files there.',
  };
}

/** `/s3/blender-avatars` in a session of Kasm. */
function workstationHome({ workstation }: DoctorFacts): Diagnosis {
  const subject = 'Folder of the workstation';
  if (workstation.is !== 'found') return notFound(subject, workstation, 'warning');
  const { home: folder, writable, reason, freeMiB } = workstation.value;
  if (!writable) {
    return {
      subject,
      health: 'error',
      says: `${folder} cannot be written: ${reason ?? 'no reason is known'}.`,
      mend: 'Have the storage mapped with the rights of the user of the session, or set AVATAR_FORGE_HOME there to a folder that can be written.',
    };
  }
  const free = freeMiB === null ? '' : `, ${freeMiB} MiB are free`;
  if (freeMiB !== null && freeMiB < leastFreeMiB) {
    return {
      subject,
      health: 'warning',
      says: `${folder} can be written${free}.`,
      mend: 'Make room: an export and its project take some hundred MiB.',
    };
  }
  return { subject, health: 'ok', says: `${folder} can be written${free}.`, mend: null };
}

function home({ home: probe }: DoctorFacts): Diagnosis {
  const subject = 'Folder of avatars';
  if (probe.is !== 'found') return notFound(subject, probe, 'error');
  return { subject, health: 'ok', says: `${probe.value.folder} can be written.`, mend: null };
}

function production({ production: probe }: DoctorFacts): Diagnosis {
  const subject = 'Production';
  if (probe.is !== 'found') return notFound(subject, probe, 'error');
  const { folder, files } = probe.value;
  if (files === null) return { subject, health: 'ok', says: `${folder} can be written.`, mend: null };
  const says = `${folder} can be read; files in it: ${files}. Whether it can be written shows when something is promoted.`;
  return { subject, health: 'ok', says, mend: null };
}

function rclone({ rclone: probe, usesRemote }: DoctorFacts): Diagnosis {
  const subject = 'rclone';
  if (probe.is !== 'found') {
    if (usesRemote) return notFound(subject, probe, 'error');
    return { subject, health: 'skipped', says: 'Not needed: no remote is set.', mend: null };
  }
  return { subject, health: 'ok', says: `rclone ${probe.value.version}.`, mend: null };
}

function remote({ remote: probe }: DoctorFacts): Diagnosis | readonly Diagnosis[] {
  if (probe === null) return [];
  const subject = 'Remote of exports';
  if (probe.is !== 'found') return notFound(subject, probe, 'error');
  const { folder, files } = probe.value;
  return { subject, health: 'ok', says: `${folder} can be read; files in it: ${files}.`, mend: null };
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [, foundMajor, foundMinor] = /(\d+)\.(\d+)/.exec(version) ?? [];
  if (foundMajor === undefined || foundMinor === undefined) return false;
  return Number(foundMajor) > major || (Number(foundMajor) === major && Number(foundMinor) >= minor);
}
