import type { Panel } from '../panel.ts';
import { comparisonPanel } from './comparison.ts';
import { expressionsPanel } from './expressions.ts';
import { figuresPanel } from './figures.ts';
import { findingsPanel } from './findings.ts';
import { licencePanel } from './licence.ts';
import { lookPanel } from './look.ts';
import { motionPanel } from './motion.ts';
import { picturesPanel } from './pictures.ts';
import { speechPanel } from './speech.ts';
import { springsPanel } from './springs.ts';
import { texturesPanel } from './textures.ts';

/** Every panel, from the top. A new one is a file here and a line below. */
export const panels: readonly Panel[] = [
  expressionsPanel,
  speechPanel,
  motionPanel,
  springsPanel,
  lookPanel,
  findingsPanel,
  figuresPanel,
  texturesPanel,
  comparisonPanel,
  picturesPanel,
  licencePanel,
];
