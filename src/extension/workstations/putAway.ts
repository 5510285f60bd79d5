import { reasonOf } from '../../core/errors.ts';
import type { Diary } from './diary.ts';
import type { Place } from './provider.ts';

/** Puts a place to sleep in its own way, else ends it. What goes wrong is told in the diary: nobody waits for this. */
export async function putAway(place: Place | null, diary: Diary): Promise<'kept' | 'ended'> {
  try {
    if (place?.sleep !== undefined) return await place.sleep();
    await place?.stop();
  } catch (thrown) {
    diary.note(`putting it away: ${reasonOf(thrown)}`, 'warn');
  }
  return 'ended';
}
