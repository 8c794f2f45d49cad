import { type ClassInfo, didYouMean } from '@segsde/data-loaders';
import { join } from 'node:path';
import { type RunContext, readResult } from '../run/run-stages.ts';
import { showFile } from '../files/show-file.ts';
import { UserError } from '../files/user-error.ts';
import { type DepthNetwork, learntDepth } from '../networks/depth-network.ts';
import {
  loadSegmentation,
  segmentationNetwork,
  type SegmentationNetworkParts,
} from '../networks/segmentation-network.ts';
import { type Pipeline, pipeline } from '../recipes/pipeline.ts';

/** What a run has learnt. */
export interface TrainedNetworks {
  /** What the segmentation tells apart. */
  classes: ClassInfo[];
  segmentation: SegmentationNetworkParts;
  /** undefined if the run has learnt no depth. */
  depth: DepthNetwork | undefined;
}

async function chooseVariant(run: RunContext, { segmentation }: Pipeline, name: string | undefined) {
  const { variants } = run.config.train;
  const names = variants.map((variant) => variant.name);
  const index = name === undefined ? variants.length - 1 : names.indexOf(name);
  if (index < 0) throw new UserError(`--variant ${name}: unknown. ${didYouMean(name!, names)}`);
  const result = await readResult(run.runFolder, segmentation[index]);
  if (!result)
    throw new UserError(`${showFile(run.runFolder)}: "${names[index]}" is not trained yet; use segsde train`);
  const which: 'student' | 'teacher' = variants[index].unlabelled ? run.config.evaluate.network : 'student';
  return { folder: join(run.runFolder, segmentation[index].name), classes: result.classes, which };
}

/**
 * The networks of a run with their learnt weights.
 *
 * @param variant a name from train.variants; without one, the last
 * @throws UserError if the variant does not exist or is not trained
 */
export async function trainedNetworks(run: RunContext, variant: string | undefined): Promise<TrainedNetworks> {
  const stages = pipeline(run.config);
  const chosen = await chooseVariant(run, stages, variant);
  const { model, seed, depth: depthConfig } = run.config;
  const { classes } = chosen;
  const segmentation = segmentationNetwork({ model, classes: classes.length, seed });
  await loadSegmentation(segmentation, chosen);
  const hasDepth = stages.depth !== undefined && (await readResult(run.runFolder, stages.depth)) !== undefined;
  const depth = hasDepth
    ? await learntDepth({ model, scales: depthConfig!.scales, seed }, join(run.runFolder, stages.depth!.name))
    : undefined;
  return { classes, segmentation, depth };
}
