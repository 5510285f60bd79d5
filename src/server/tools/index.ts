import type { Tool } from '../tool.ts';
import { avatarScaffold } from './avatarScaffold.ts';
import { cancelJob } from './cancelJob.ts';
import { checkpoint } from './checkpoint.ts';
import { createObject } from './createObject.ts';
import { executeBlenderCode } from './executeBlenderCode.ts';
import { getSceneInfo } from './getSceneInfo.ts';
import { getScreenshot } from './getScreenshot.ts';
import { hyper3dGenerate } from './hyper3dGenerate.ts';
import { job } from './job.ts';
import { modifyObject } from './modifyObject.ts';
import { polyHavenDownload } from './polyHavenDownload.ts';
import { setMaterial } from './setMaterial.ts';
import { vrmCheck } from './vrmCheck.ts';
import { vrmExport } from './vrmExport.ts';
import { vrmFace } from './vrmFace.ts';
import { vrmPhysics } from './vrmPhysics.ts';
import { vrmRig } from './vrmRig.ts';

/** Every tool, in the order clients list them. A new one is a file here and a line below. */
export const tools: readonly Tool[] = [
  getSceneInfo,
  createObject,
  modifyObject,
  setMaterial,
  executeBlenderCode,
  getScreenshot,
  polyHavenDownload,
  hyper3dGenerate,
  avatarScaffold,
  vrmRig,
  vrmFace,
  vrmPhysics,
  vrmCheck,
  vrmExport,
  checkpoint,
  job,
  cancelJob,
];
