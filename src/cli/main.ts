#!/usr/bin/env node
import { Command } from 'commander';
import { AuditLog } from '../adapters/auditLog.ts';
import { auditFile, findInstallation } from '../adapters/home.ts';
import { vrmGate } from '../adapters/storage/vrmGate.ts';
import { KhronosValidator } from '../adapters/vrm/khronos.ts';
import { registerAgent } from './agent.ts';
import { registerDoctor } from './doctor.ts';
import { registerGc } from './gc.ts';
import { registerMcp } from './mcp.ts';
import { registerOptimise } from './optimise.ts';
import { registerPromote } from './promote.ts';
import { registerRegister } from './register.ts';
import { registerValidate } from './validate.ts';
import { registerRelay } from './relay.ts';
import { run } from './run.ts';
import { registerStatus } from './status.ts';

const installation = findInstallation(import.meta.dirname);
const { version } = installation;
const program = new Command('avatar-forge')
  .description('From a prompt to a promoted VRM avatar.')
  .version(version)
  .showHelpAfterError('→ Add --help to see how it is used.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2)); // of every command: 2 is usage

const validator = new KhronosValidator();
registerMcp(program);
registerValidate(program, {
  validator,
  version,
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
});
registerOptimise(program, (text) => process.stdout.write(text));
registerAgent(program);
registerDoctor(program, {
  env: process.env,
  installation,
  print: (text) => process.stdout.write(text),
});
registerPromote(program, {
  gateBy: (profile) => vrmGate(validator, profile),
  audit: new AuditLog(auditFile(process.env)),
  env: process.env,
});
registerRegister(program, {
  audit: new AuditLog(auditFile(process.env)),
  env: process.env,
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
});
registerStatus(program, process.env);
registerGc(program, process.env);
registerRelay(program, {
  env: process.env,
  print: (line) => void process.stdout.write(`${line}\n`),
  tell: (line) => void process.stderr.write(`${line}\n`),
});

await run(program);
