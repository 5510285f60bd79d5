/** Entry of the preview's bundle. */
import { connectHost } from './host.ts';
import { openPage } from './page.ts';

openPage(document, connectHost(window));
