import type { Task } from '../task.ts';
import { change } from './change.ts';
import { exports } from './export.ts';
import { make } from './make.ts';
import { repair } from './repair.ts';
import { restyle } from './restyle.ts';
import { rig } from './rig.ts';

export const tasks: readonly Task[] = [...make, ...change, ...restyle, ...repair, ...rig, ...exports];
