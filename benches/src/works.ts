import type { StepEngine } from '@segsde/trainer/steps';
import type { Work } from './harness/work.ts';
import type { SegsdeSize } from './segsde/segsde-work.ts';

const segsde = (size: SegsdeSize) => async (options: StepEngine) =>
  (await import('./segsde/segsde-work.ts')).segsdeWork(options, size);

/** What there is to be measured, by the bench's name. Only what is asked for is imported. */
export const works: Record<string, (options: StepEngine) => Promise<Work>> = {
  'segmentation-step': async (options) =>
    (await import('./segmentation/segmentation-work.ts')).segmentationWork(options),
  'depth-step': async (options) => (await import('./depth/depth-work.ts')).depthWork(options),
  'segsde-step': segsde({ depth: 50, side: 256, batch: 2 }),
  'segsde-step-512-2': segsde({ depth: 101, side: 512, batch: 2 }),
  'segsde-step-512-8': segsde({ depth: 101, side: 512, batch: 8 }),
  inference: async (options) => (await import('./inference/inference-work.ts')).inferenceWork(options),
};
