/** Entry of the preview's bundle. */
import { connectChat } from './chatHost.ts';
import { connectHost } from './host.ts';
import { openPage } from './page.ts';

openPage(document, document.body.dataset['host'] === 'mcp-app' ? connectChat(window) : connectHost(window));
