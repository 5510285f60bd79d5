import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { ControlClient } from '../adapters/control/controlClient.ts';
import { sha256 } from '../core/audit.ts';
import { ForgeError } from '../core/errors.ts';
import { type CodePolicy, verdictOn, warningsFor } from '../core/policy.ts';
import { plainText } from '../core/untrusted.ts';
import type { ApprovalQuestion } from '../protocol/control.ts';

/** Decides whether code may run. */
export interface Approval {
  /**
   * Resolves to how the code came to be allowed, for the audit. Errors: `code-denied`, `code-needs-approval` (nobody can be
   * asked).
   */
  admit(question: ApprovalQuestion, signal: AbortSignal): Promise<string>;
}

/** By the policy and, where it says so, by asking the person at the client. */
export class ClientApproval implements Approval {
  readonly #policy: CodePolicy;
  readonly #server: McpServer['server'];
  #allowedForSession = false;

  constructor(policy: CodePolicy, server: McpServer['server']) {
    this.#policy = policy;
    this.#server = server;
  }

  async admit({ code }: ApprovalQuestion, signal: AbortSignal): Promise<string> {
    switch (verdictOn(this.#policy, this.#allowedForSession)) {
      case 'run':
        return this.#allowedForSession ? 'allowed for this session' : 'allowed by policy';
      case 'refuse':
        throw deniedByPolicy();
      case 'ask':
        return this.#ask(code, signal);
    }
  }

  async #ask(code: string, signal: AbortSignal): Promise<string> {
    const server = this.#server;
    if (server.getClientCapabilities()?.elicitation === undefined) {
      throw new ForgeError(
        'code-needs-approval',
        'Running code needs a person’s approval, and this client cannot ask for it.',
        'Use the other tools, or have the user set AVATAR_FORGE_CODE_POLICY=allow for this server.',
      );
    }
    const answer = await server.elicitInput(
      {
        message: question(code),
        requestedSchema: {
          type: 'object',
          properties: {
            decision: {
              type: 'string',
              title: 'Run this code in Blender?',
              enum: ['once', 'session', 'deny'],
              enumNames: ['Allow once', 'Allow for this session', 'Deny'],
            },
          },
          required: ['decision'],
        },
      },
      { signal, timeout: 10 * 60_000 },
    );
    const decision = answer.action === 'accept' ? answer.content?.['decision'] : 'deny';
    if (decision === 'session') this.#allowedForSession = true;
    if (decision === 'once' || decision === 'session') return `allowed by the user: ${decision}`;
    throw deniedByPerson();
  }
}

/** By the editor's extension, whose settings and whose user have the word: the MCP client cannot answer for them. */
export class EditorApproval implements Approval {
  readonly #policy: CodePolicy;
  readonly #editor: Pick<ControlClient, 'approve'>;

  /** @param policy of the environment: `deny` holds whatever the editor says. */
  constructor(policy: CodePolicy, editor: Pick<ControlClient, 'approve'>) {
    this.#policy = policy;
    this.#editor = editor;
  }

  async admit(question: ApprovalQuestion, signal: AbortSignal): Promise<string> {
    if (this.#policy === 'deny') throw deniedByPolicy();
    const { decision, by } = await this.#editor.approve(question, signal);
    if (decision === 'deny') throw by === 'policy' ? deniedByPolicy() : deniedByPerson();
    if (by === 'policy') return 'allowed by policy';
    return by === 'session' ? 'allowed for this session' : `allowed by the user: ${decision}`;
  }
}

function deniedByPolicy(): ForgeError {
  return new ForgeError(
    'code-denied',
    'The policy on this machine denies running code.',
    'Use the other tools, or ask the user to set the code policy to "ask".',
  );
}

function deniedByPerson(): ForgeError {
  return new ForgeError(
    'code-denied',
    'The user did not allow this code.',
    'Ask the user what to do differently.',
  );
}

function question(code: string): string {
  const warnings = warningsFor(code);
  const caution = warnings.length === 0 ? '' : `\nLook closely: it ${warnings.join(', ')}.`;
  const size = `${code.split('\n').length} lines, sha256 ${sha256(code).slice(0, 12)}`;
  return `An agent wants to run this Python in Blender (${size}).${caution}\n\n${plainText(code, 4000)}`;
}
