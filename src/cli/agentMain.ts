#!/usr/bin/env node
/** `avatar-forge agent` by itself, for images of workstations: built to one file, `dist/agent.js`. */
import { Command } from 'commander';
import { findInstallation } from '../adapters/home.ts';
import { registerAgent } from './agent.ts';
import { run } from './run.ts';

const { version } = findInstallation(import.meta.dirname);
const program = new Command('avatar-forge').version(version).showHelpAfterError();
registerAgent(program);
await run(program);
