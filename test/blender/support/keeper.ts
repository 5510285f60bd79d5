/** A program that starts a workstation and stays: for tests of what is left when it is killed. `node keeper.ts MODE HOME [code]` */
import { connectBlender } from '../../../src/adapters/blender/connect.ts';
import { LocalWorkstation } from '../../../src/adapters/workstations/local.ts';
import type { DisplayMode } from '../../../src/adapters/workstations/startPlan.ts';
import { addon, bootScript } from './workstation.ts';

const [mode, home = '', code] = process.argv.slice(2);
const workstation = new LocalWorkstation({ bootScript, home, env: process.env, mode: mode as DisplayMode });
const blender = connectBlender(() => workstation.launch(), { client: 'test/0', library: addon });
await blender.describe();
if (code !== undefined) void blender.call('execute_blender_code', { code }).catch(() => undefined);
setTimeout(() => console.log('up'), code === undefined ? 0 : 300);
setInterval(() => undefined, 60_000);
