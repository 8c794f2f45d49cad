import type { StepEngine } from '@segsde/trainer/steps';
import type { Work } from './harness/work.ts';

/** What there is to be measured, by the bench's name. Only what is asked for is imported. */
export const works: Record<string, (options: StepEngine) => Promise<Work>> = {
  'segmentation-step': async (options) =>
    (await import('./segmentation/segmentation-work.ts')).segmentationWork(options),
  'depth-step': async (options) => (await import('./depth/depth-work.ts')).depthWork(options),
  'segsde-step': async (options) => (await import('./segsde/segsde-work.ts')).segsdeWork(options),
  inference: async (options) => (await import('./inference/inference-work.ts')).inferenceWork(options),
};
