import type { Task } from '../task.ts';
import { change } from './change.ts';
import { exports } from './export.ts';
import { make } from './make.ts';
import { makeAvatar } from './makeAvatar.ts';
import { repair } from './repair.ts';
import { repairStance } from './repairStance.ts';
import { restyle } from './restyle.ts';
import { rig } from './rig.ts';

export const tasks: readonly Task[] = [
  ...make,
  ...makeAvatar,
  ...change,
  ...restyle,
  ...repair,
  ...repairStance,
  ...rig,
  ...exports,
];
