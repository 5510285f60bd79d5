import { BlockList, isIP } from 'node:net';
import { ForgeError } from '../core/errors.ts';

/** Proxies whose word on addresses counts, as `10.0.0.7` or `10.0.0.0/8`. Error: `bad-config`. */
export function trustedProxies(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
    const version = isIP(address);
    const longest = version === 6 ? 128 : 32;
    if (version === 0 || Number(bits ?? longest) > longest) {
      throw new ForgeError(
        'bad-config',
        `${entry} is no address of a proxy.`,
        'Write trusted proxies as 10.0.0.7, 10.0.0.0/8 or fd00::/8.',
      );
    }
    list.addSubnet(address, Number(bits ?? longest), version === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

/**
 * Where a request comes from: the other end of its connection, or, as far as trusted proxies tell it, whom they had before
 * them (X-Forwarded-For, the nearest last). What others put into that header is not believed.
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | readonly string[] | undefined,
  trusted: BlockList,
): string {
  const chain = [forwardedFor ?? []].flat().join(',').split(',');
  let address = plain(peer ?? '');
  while (isTrusted(address, trusted)) {
    const before = plain(chain.pop()?.trim() ?? '');
    if (isIP(before) === 0) break;
    address = before;
  }
  return address === '' ? 'unknown' : address;
}

function isTrusted(address: string, trusted: BlockList): boolean {
  const version = isIP(address);
  return version !== 0 && trusted.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

/** IPv4 as itself, where it is shown within IPv6; without a port or brackets. */
function plain(address: string): string {
  const bare = /^\[([^\]]+)\]/.exec(address)?.[1] ?? address;
  return bare.replace(/^::ffff:(?=\d+\.)/i, '').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
}
