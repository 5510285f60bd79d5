import { reasonOf } from '../../core/errors.ts';
import { plainText } from '../../core/untrusted.ts';
import type { Services } from '../services.ts';

/** Shows an export that an agent has just made; nobody asked for it, so a failure is a line of the log. */
export async function showExport({ avatars, previews, log }: Services, name: string): Promise<void> {
  try {
    const avatar = (await avatars.list('export')).find((one) => one.name === name);
    if (avatar !== undefined) await previews.showBeside(await avatars.localFile(avatar));
  } catch (thrown) {
    log.warn(`${plainText(name)} is not shown: ${plainText(reasonOf(thrown))}`);
  }
}
