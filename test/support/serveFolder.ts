import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';

export interface FolderServer {
  readonly url: string;
  close(): void;
}

/** Serves the files of a folder on this machine, as the companion app does on the local network. */
export async function serveFolder(folder: string): Promise<FolderServer> {
  const server = createServer((request, answer) => {
    const name = basename(decodeURIComponent(request.url ?? ''));
    readFile(join(folder, name)).then(
      (bytes) => {
        const headers = {
          'content-type': 'model/gltf-binary',
          'cache-control': 'public, max-age=31536000, immutable',
        };
        answer.writeHead(200, { ...headers, 'content-length': bytes.length }).end(bytes);
      },
      () => answer.writeHead(404).end(),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/models`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
