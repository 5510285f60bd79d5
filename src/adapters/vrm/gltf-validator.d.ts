/** Khronos' package comes without types. */
declare module 'gltf-validator' {
  export interface ValidationOptions {
    readonly format?: 'glb' | 'gltf';
    /** 0: no limit. */
    readonly maxIssues?: number;
    readonly writeTimestamp?: boolean;
    readonly ignoredIssues?: readonly string[];
  }
  /** Resolves with a report (`validation.schema.json` of the package). */
  export function validateBytes(data: Uint8Array, options?: ValidationOptions): Promise<unknown>;
}
