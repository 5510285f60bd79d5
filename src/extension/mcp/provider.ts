import * as vscode from 'vscode';
import type { ControlAddress } from '../../adapters/control/controlClient.ts';
import { controlEnv, type ServerLaunch } from './definition.ts';

/** As in package.json, `mcpServerDefinitionProviders`. */
const providerId = 'avatarForge.mcp';

export interface McpProviderOptions {
  readonly launch: () => Promise<ServerLaunch>;
  /** Lets the server that is about to start into the control channel. */
  readonly admit: () => Promise<ControlAddress>;
  /** What the server's connections are to know of proxies. */
  readonly proxy: () => Record<string, string | null>;
  readonly onDidChange: (listener: () => void) => vscode.Disposable;
}

/** Registers our MCP server with the editor. What is secret is added only when the server is started. */
export function registerMcpServer({
  launch,
  admit,
  proxy,
  onDidChange,
}: McpProviderOptions): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.McpServerDefinitionProvider<vscode.McpStdioServerDefinition> = {
    onDidChangeMcpServerDefinitions: changed.event,
    provideMcpServerDefinitions: async () => {
      const { label, command, args, env, version } = await launch();
      return [new vscode.McpStdioServerDefinition(label, command, [...args], { ...env }, version)];
    },
    resolveMcpServerDefinition: async (server) => {
      server.env = { ...server.env, ...proxy(), ...controlEnv(await admit()) };
      return server;
    },
  };
  return vscode.Disposable.from(
    changed,
    onDidChange(() => changed.fire()),
    vscode.lm.registerMcpServerDefinitionProvider(providerId, provider),
  );
}
