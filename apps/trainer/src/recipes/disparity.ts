import { disparityFile, writeDisparity } from '@segsde/data-loaders';
import type { Engine } from '@segsde/jit';
import { existsSync } from 'node:fs';
import { datasetRef, openDataset } from '../data/dataset.ts';
import { learntDepth } from '../networks/depth-network.ts';
import { disposeNetwork } from '../networks/dispose-network.ts';
import { defineStage, type Stage } from '../run/stage.ts';
import { predictDisparity } from '../steps/predict-disparity.ts';
import { predictEach } from './predict-each.ts';

export interface DisparityResult {
  files: number;
  engines: Record<string, Engine>;
}

/**
 * Writes the disparity of every training and validation frame as a 16-bit PNG (docs/method.md,
 * section 1.2), from un-augmented images. What an interrupted attempt has written is kept.
 */
export const disparityStage = ({ scenes, depth }: { scenes: Stage | undefined; depth: Stage }) =>
  defineStage({
    name: 'disparity',
    title: 'export disparity',
    needs: scenes ? [scenes, depth] : [depth],
    inputs: ({ seed, engine, data, model: { encoder, decoder }, depth }) => ({
      ...{ seed, engine, data, model: { encoder, decoder }, depth: { scales: depth!.scales } },
    }),
    async run(context, { seed, data, model, depth: { scales } }): Promise<DisparityResult> {
      const { folder } = context;
      const size = { height: data.height, width: data.width };
      const network = await learntDepth({ model, scales, seed }, context.folderOf(depth));
      const predict = predictDisparity(network, context);

      let files = 0;
      for (const split of new Set([data.split, data.valSplit])) {
        const dataset = await openDataset(datasetRef(data, { split, scenes: scenes && context.folderOf(scenes) }));
        const isMissing = (id: string) => !existsSync(disparityFile(folder, id));
        await predictEach(
          context,
          {
            title: `disparity of ${split}`,
            indices: [...dataset.ids.keys()].filter((index) => isMissing(dataset.ids[index])),
            load: (index) => dataset.load(index, size),
            predict: { disparity: predict },
          },
          async ({ id }, { disparity }) => {
            await writeDisparity(disparityFile(folder, id), { ...size, data: disparity.data.slice() });
          },
        );
        files += dataset.ids.length;
      }
      await predict.dispose();
      disposeNetwork(network);
      return { files, engines: { 'predict-disparity': predict.engine } };
    },
  });
