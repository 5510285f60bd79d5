import { KhronosValidator } from '../../../src/adapters/vrm/khronos.ts';

/** Codes of what Khronos' validator finds. */
export async function khronosIssues(bytes: Uint8Array): Promise<{ errors: string[]; warnings: string[] }> {
  const findings = await new KhronosValidator().validate(bytes);
  const of = (severity: string): string[] =>
    findings.filter((finding) => finding.severity === severity).map(({ code }) => code.replace(/^gltf:/, ''));
  return { errors: of('error'), warnings: of('warning') };
}
