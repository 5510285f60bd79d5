/** How long each part of a conversation may take, in ms: docs/protocol.md §7. */
export interface Deadlines {
  readonly connectMs: number;
  /** From the hello to the NUL probe. */
  readonly helloMs: number;
  /** From the probe, and for the proof of the token. */
  readonly probeMs: number;
  /** For a command whose caller names no deadline. */
  readonly runMs: number;
  /** Beyond the command's own deadline, until the client gives up on it. */
  readonly graceMs: number;
  /** Without any byte, while something is awaited. */
  readonly idleMs: number;
  /** For how long after a broken connection a Blender on another machine is tried to be reached again. */
  readonly outageMs: number;
}

export const deadlines: Deadlines = {
  connectMs: 5_000,
  helloMs: 1_500,
  probeMs: 3_000,
  runMs: 300_000,
  graceMs: 5_000,
  idleMs: 60_000,
  outageMs: 30_000,
};
