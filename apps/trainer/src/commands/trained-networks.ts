import { type ClassInfo, didYouMean } from '@segsde/data-loaders';
import { join } from 'node:path';
import { showFile } from '../config/source.ts';
import { type RunContext, readResult } from '../run/run-stages.ts';
import { UserError } from '../run/user-error.ts';
import { learntDepth } from '../stages/networks/learnt-depth.ts';
import type { DepthNetwork } from '../stages/networks/depth-network.ts';
import type { SegmentationNetworkParts } from '../stages/networks/segmentation-network.ts';
import { trainedSegmentation } from '../stages/networks/trained-segmentation.ts';
import { type Pipeline, pipeline } from '../stages/pipeline.ts';

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
  const context = { ...run, folderOf: ({ name }: { name: string }) => join(run.runFolder, name) };
  const segmentation = await trainedSegmentation(context, { ...chosen, classes: chosen.classes.length });
  const hasDepth = stages.depth !== undefined && (await readResult(run.runFolder, stages.depth)) !== undefined;
  const depth = hasDepth ? await learntDepth(context, stages.depth!) : undefined;
  return { classes: chosen.classes, segmentation, depth };
}
