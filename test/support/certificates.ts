import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestCertificate {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
  /** 64 hex digits. */
  readonly fingerprint: string;
}

export interface TestCertificates {
  readonly authority: TestCertificate;
  /** For localhost, 127.0.0.1 and forge.test, by the authority. */
  readonly server: TestCertificate;
  /** Has issued nothing. */
  readonly stranger: TestCertificate;
}

let made: TestCertificates | null = null;

/** Certificates for the tests of one process, made by openssl when first asked for. */
export function certificates(): TestCertificates {
  if (made !== null) return made;
  const folder = mkdtempSync(join(tmpdir(), 'avatar-forge-certificates-'));
  try {
    const make = (name: string, ...more: string[]): TestCertificate => {
      const [cert, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
      const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
      execFileSync(
        'openssl',
        ['req', ...kind, '-subj', `/CN=${name}`, '-keyout', key, '-out', cert, ...more],
        {
          stdio: 'pipe',
        },
      );
      const pem = readFileSync(cert, 'utf8');
      const fingerprint = new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
      return { cert: pem, key: readFileSync(key, 'utf8'), fingerprint };
    };
    const authority = make('authority');
    const issued = ['-CA', join(folder, 'authority.pem'), '-CAkey', join(folder, 'authority.key')];
    const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1,DNS:forge.test';
    const server = make('server', ...issued, '-addext', 'basicConstraints=CA:FALSE', '-addext', names);
    made = { authority, server, stranger: make('stranger') };
    return made;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
