import type { Command } from 'commander';

/** `avatar-forge mcp`: the MCP server on stdin and stdout. */
export function registerMcp(program: Command): void {
  program
    .command('mcp')
    .description(
      'serve the tools to an MCP client on stdin and stdout; configured by the environment (README)',
    )
    .action(async () => {
      const { serveStdio } = await import('../server/main.ts');
      await serveStdio({ env: process.env, log: (line) => process.stderr.write(`${line}\n`) });
      process.exit(0);
    });
}
