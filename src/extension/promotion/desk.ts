import { promotionsFolder } from '../../adapters/home.ts';
import { JournalFolder } from '../../adapters/storage/journalFile.ts';
import type { Opener, PlaceSettings } from '../../adapters/storage/places.ts';
import type { StagingFolder } from '../../adapters/storage/staging.ts';
import { vrmGate } from '../../adapters/storage/vrmGate.ts';
import { KhronosValidator } from '../../adapters/vrm/khronos.ts';
import type { Gate } from '../../core/promotion/ports.ts';
import { profileOf } from '../profile.ts';
import type { Services } from '../services.ts';
import { EditorCheckout } from './editorCheckout.ts';
import { openStorage } from './openStorage.ts';

/** What promotions work with, by the settings and the keys as they are now. */
export interface Desk {
  readonly opener: Opener;
  readonly staging: StagingFolder;
  readonly journals: JournalFolder;
  readonly gate: Gate;
  /** The name of what the gate holds models against. */
  readonly profile: string;
}

/** Errors: `bad-s3-settings`, `bad-profile`. */
export async function openDesk(services: Services): Promise<Desk> {
  const profile = await profileOf(services.settings);
  return {
    ...(await openStorage(services)),
    journals: new JournalFolder(promotionsFolder(services.home())),
    gate: vrmGate(new KhronosValidator(), profile),
    profile: profile.name,
  };
}

/** The roles as they are set, with this place for production. */
export function placesOf({ settings }: Services, production: string): PlaceSettings {
  const set = (name: 'production.mirror' | 'production.cdn' | 'production.cdnUrl'): string | undefined =>
    settings.get(name) || undefined;
  return {
    production,
    mirror: set('production.mirror'),
    cdn: set('production.cdn'),
    publicUrl: set('production.cdnUrl'),
  };
}

/** The checkout of the companion app in that folder. */
export function checkoutIn({ settings }: Services, folder: string): EditorCheckout {
  return new EditorCheckout(folder, {
    go: settings.get('companion.goList') || undefined,
    javascript: settings.get('companion.jsList') || undefined,
  });
}

/** The checkout that is set; null without one. */
export function checkoutOf(services: Services): EditorCheckout | null {
  const folder = services.settings.get('companion.checkout');
  return folder === '' ? null : checkoutIn(services, folder);
}
