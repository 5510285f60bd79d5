/** JSON-RPC between the tests and the harness in the extension host. The tests listen, the harness comes. */

export const socketVariable = 'AVATAR_FORGE_REHEARSAL';

/** A function's source is run with the `vscode` module and `arg`; its result comes back as JSON. */
export interface Evaluation {
  readonly source: string;
  readonly arg: unknown;
}
