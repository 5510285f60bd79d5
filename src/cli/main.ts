#!/usr/bin/env node
import { Command } from 'commander';
import { AuditLog } from '../adapters/auditLog.ts';
import { auditFile, findInstallation } from '../adapters/home.ts';
import { vrmGate } from '../adapters/storage/vrmGate.ts';
import { KhronosValidator } from '../adapters/vrm/khronos.ts';
import { registerAgent } from './agent.ts';
import { registerMcp } from './mcp.ts';
import { registerPromote } from './promote.ts';
import { registerValidate } from './validate.ts';
import { registerRelay } from './relay.ts';
import { run } from './run.ts';

const { version } = findInstallation(import.meta.dirname);
const program = new Command('avatar-forge')
  .description('From a prompt to a promoted VRM avatar.')
  .version(version)
  .showHelpAfterError();

const validator = new KhronosValidator();
registerMcp(program);
registerValidate(program, {
  validator,
  version,
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
});
registerAgent(program);
registerPromote(program, {
  gate: vrmGate(validator),
  audit: new AuditLog(auditFile(process.env)),
  env: process.env,
});
registerRelay(program, {
  env: process.env,
  print: (line) => void process.stdout.write(`${line}\n`),
  tell: (line) => void process.stderr.write(`${line}\n`),
});

await run(program);
