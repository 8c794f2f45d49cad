import { disparityFile, writeDisparity } from '@segsde/data-loaders';
import type { Engine } from '@segsde/jit';
import type { Stage } from '../run/stage.ts';
import { predictDisparity } from '../steps/predict-disparity.ts';
import { imageTensor } from './batches/tensors.ts';
import { inBatches } from './data/in-batches.ts';
import { openData } from './data/open-data.ts';
import { learntDepth } from './networks/learnt-depth.ts';

export interface DisparityResult {
  files: number;
  engines: Record<string, Engine>;
}

/** Writes the disparity of every training and validation frame as a 16-bit PNG (METHOD 1.2), from un-augmented images. */
export function disparityStage(needs: { scenes: Stage | undefined; depth: Stage }): Stage<DisparityResult> {
  const { scenes, depth } = needs;
  return {
    name: 'disparity',
    title: 'export disparity',
    needs: scenes ? [scenes, depth] : [depth],
    inputs: ({ engine, data }) => ({ engine, data }),
    async run(context) {
      const { config, engine, folder, signal } = context;
      const { data } = config;
      const network = await learntDepth(context, depth);
      const predict = predictDisparity(network, { engine });
      const pixels = data.height * data.width;

      let files = 0;
      for (const split of new Set([data.split, data.valSplit])) {
        const dataset = await openData(context, data, { split, scenes });
        const progress = context.progress(`disparity of ${split}`, dataset.ids.length);
        const load = (index: number) => dataset.load(index, { height: data.height, width: data.width });
        for await (const { start, samples, filled } of inBatches(dataset.ids.length, { batchSize: 4, load })) {
          signal.throwIfAborted();
          const image = imageTensor(filled.map((sample) => sample.image));
          const disparity = await predict(image);
          const values = await disparity.data<'float32'>();
          await Promise.all(
            samples.map(({ id }, i) =>
              writeDisparity(disparityFile(folder, id), {
                ...{ width: data.width, height: data.height },
                data: values.slice(i * pixels, (i + 1) * pixels),
              }),
            ),
          );
          image.dispose();
          disparity.dispose();
          progress.update(start + samples.length);
        }
        progress.done();
        files += dataset.ids.length;
      }
      predict.dispose();
      return { files, engines: { 'predict-disparity': predict.engine } };
    },
  };
}
