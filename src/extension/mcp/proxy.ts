import { ignoredProxyCertificate } from '../../core/proxy.ts';
import type { Workspace } from '../settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What the editor's own settings say of proxies (`http.proxy`, `http.noProxy`, `http.proxyStrictSSL`), as the environment that
 * our connections heed; null takes a variable away. Empty where they say nothing. It may hold the proxy's password: it is for a
 * process that is about to start, and is not kept.
 */
export function proxyVariables(
  workspace: Pick<Workspace, 'getConfiguration'>,
): Record<string, string | null> {
  const http = workspace.getConfiguration('http');
  const proxy = http.get('proxy');
  if (typeof proxy !== 'string' || proxy.trim() === '' || http.get('proxySupport') === 'off') return {};
  const except: unknown = http.get('noProxy');
  const names = Array.isArray(except) ? except.filter((one) => typeof one === 'string') : [];
  return {
    HTTPS_PROXY: proxy.trim(),
    https_proxy: null, // it would win
    ...(names.length === 0 ? {} : { NO_PROXY: names.join(','), no_proxy: null }),
    ...(http.get('proxyStrictSSL') === false ? { [ignoredProxyCertificate]: '1' } : {}),
  };
}

/** An environment with {@link proxyVariables} in it. */
export function withProxy(env: Environment, workspace: Pick<Workspace, 'getConfiguration'>): Environment {
  const variables = Object.entries(proxyVariables(workspace));
  return { ...env, ...Object.fromEntries(variables.map(([name, value]) => [name, value ?? undefined])) };
}
