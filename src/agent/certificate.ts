import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type SelfSigned, makeSelfSigned } from '../adapters/selfSigned.ts';
import { toForgeError } from '../core/errors.ts';
import type { CertificateSource } from './config.ts';

export type Certificate = SelfSigned;

const days = 90;
/** A certificate that ends sooner than this is made anew, in ms. */
const leftMs = 7 * 86_400_000;

/** Null: plain HTTP. Errors: `bad-config` for files that are no certificate, `certificate-failed` if none can be made. */
export async function openCertificate(source: CertificateSource, host: string): Promise<Certificate | null> {
  if (source.is === 'none') return null;
  if (source.is === 'files') return withFingerprint(source);
  const folder = join(source.folder, 'agent');
  const [certFile, keyFile] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  try {
    return (
      (await kept(certFile, keyFile)) ??
      (await made({ folder, certFile, keyFile, names: [host, hostname()] }))
    );
  } catch (thrown) {
    throw toForgeError(
      thrown,
      'certificate-failed',
      'No certificate could be made',
      'Make the folder writable, or name a certificate and its key (AVATAR_FORGE_AGENT_CERT, AVATAR_FORGE_AGENT_KEY).',
    );
  }
}

/** The one of an earlier start, so that clients that pinned it still find it. */
async function kept(certFile: string, keyFile: string): Promise<Certificate | null> {
  try {
    const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
    const endsAt = Date.parse(new X509Certificate(cert).validTo);
    return endsAt - Date.now() > leftMs ? withFingerprint({ cert, key }) : null;
  } catch {
    return null;
  }
}

async function made(to: {
  readonly folder: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly names: readonly string[];
}): Promise<Certificate> {
  await mkdir(to.folder, { recursive: true, mode: 0o700 });
  const certificate = makeSelfSigned([...new Set(['localhost', '127.0.0.1', ...to.names])], days);
  await writeFile(to.keyFile, certificate.key, { mode: 0o600 });
  await writeFile(to.certFile, certificate.cert);
  return certificate;
}

function withFingerprint({ cert, key }: { readonly cert: string; readonly key: string }): Certificate {
  try {
    const { fingerprint256 } = new X509Certificate(cert);
    return { cert, key, fingerprint: fingerprint256.replaceAll(':', '').toLowerCase() };
  } catch (thrown) {
    throw toForgeError(
      thrown,
      'bad-config',
      'AVATAR_FORGE_AGENT_CERT is no certificate in PEM form',
      'Correct AVATAR_FORGE_AGENT_CERT and start again.',
    );
  }
}
