import { writeCityscapes } from '@segsde/scenes';
import { defineStage } from '../run/stage.ts';

export interface ScenesResult {
  train: number;
  val: number;
}

/** Renders labelled street video with true depth into its folder, in the layout of Cityscapes. */
export const scenesStage = () =>
  defineStage({
    name: 'scenes',
    title: 'render street scenes',
    needs: [],
    inputs: ({ scenes }) => ({ scenes }),
    async run({ folder, progress, signal }, { scenes }): Promise<ScenesResult> {
      const { train, val, ...options } = scenes!;
      const bar = progress('render street scenes', train + val);
      await writeCityscapes(folder, {
        ...{ ...options, scenes: { train, val }, signal },
        onProgress: ({ done }) => bar.update(done),
      });
      bar.done();
      return { train, val };
    },
  });
