import { bareHost, isLoopback } from './address.ts';
import { ForgeError } from './errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that leads to a host, by HTTPS_PROXY, else HTTP_PROXY, and NO_PROXY (in small letters too, which win); null: none.
 * This machine is never behind one. Error: `proxy-refused`, for what is no HTTP proxy.
 */
export function proxyFor(host: string, port: number, env: Environment): URL | null {
  const text = named(env, 'https_proxy') ?? named(env, 'http_proxy');
  if (text === undefined || isLoopback(host) || isExcepted(host, port, named(env, 'no_proxy') ?? ''))
    return null;
  const proxy = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (proxy !== null && /^https?:$/.test(proxy.protocol)) return proxy;
  throw new ForgeError(
    'proxy-refused',
    'The proxy in HTTPS_PROXY or HTTP_PROXY is none that can be used.', // not repeated: it may hold a password
    'Set it to http://host:port or https://host:port, or name the workstation in NO_PROXY.',
  );
}

function named(env: Environment, name: string): string | undefined {
  return env[name] ?? env[name.toUpperCase()] ?? undefined;
}

/** `example.com` and `.example.com` stand for the names below them too, `host:9876` for one port, `*` for everything. */
function isExcepted(host: string, port: number, list: string): boolean {
  const bare = nameOf(host);
  return list.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true;
    const [, name = '', only] = /^(.*?)(?::(\d+))?$/.exec(isAddressV6(entry) ? `[${entry}]` : entry) ?? [];
    const wanted = nameOf(name.replace(/^\*?\./, ''));
    if (wanted === '' || (only !== undefined && Number(only) !== port)) return false;
    return bare === wanted || bare.endsWith(`.${wanted}`);
  });
}

function isAddressV6(entry: string): boolean {
  return /^[\da-f]*:[\da-f]*:[\da-f:.]*$/i.test(entry);
}

function nameOf(host: string): string {
  return bareHost(host).toLowerCase();
}
