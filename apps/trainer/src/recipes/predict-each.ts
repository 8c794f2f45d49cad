import { dispose, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Sample } from '@segsde/data-loaders';
import type { StageContext } from '../run/stage.ts';
import { imageTensor } from '../steps/tensors.ts';

/** What a function predicts for one image. */
export interface Prediction {
  /** Without the batch: `[height, width]` or `[height, width, channels]`. */
  shape: number[];
  /** As floats, whatever type the function gives. */
  data: Float32Array;
}

export interface PredictEach<Name extends string> {
  /** Shown beside the progress. */
  title: string;
  /** Of the samples, in the order in which they are wanted. */
  indices: readonly number[];
  load(index: number): Promise<Sample>;
  /** Compiled functions from images `[batch, height, width, 3]`, int32 in 0..255. */
  predict: Record<Name, (images: Tensor4D) => Promise<Tensor>>;
  batchSize?: number;
}

/**
 * Applies compiled functions to every sample, some at a time, and hands on what they predict,
 * sample by sample, in order. The last batch is filled up with its last sample, so that all have
 * one size and one compiled form does.
 *
 * @throws DataError from `load`, and the signal's reason when the run is to stop
 */
export async function predictEach<Name extends string>(
  { signal, progress }: Pick<StageContext, 'signal' | 'progress'>,
  { title, indices, load, predict, batchSize = 4 }: PredictEach<Name>,
  use: (sample: Sample, predictions: Record<Name, Prediction>, index: number) => Promise<void> | void,
): Promise<void> {
  const names = Object.keys(predict) as Name[];
  const bar = progress(title, indices.length);
  for (let start = 0; start < indices.length; start += batchSize) {
    signal.throwIfAborted();
    const batch = indices.slice(start, start + batchSize);
    const samples = await Promise.all(batch.map(load));
    const last = samples[samples.length - 1];
    const images = imageTensor(Array.from({ length: batchSize }, (_, i) => (samples[i] ?? last).image));
    const predicted = new Map<Name, { shape: number[]; data: Float32Array }>();
    for (const name of names) {
      const values = await predict[name](images);
      predicted.set(name, { shape: values.shape.slice(1), data: Float32Array.from(await values.data()) });
      values.dispose();
    }
    dispose(images);
    const of = (name: Name, i: number): Prediction => {
      const { shape, data } = predicted.get(name)!;
      const length = data.length / batchSize;
      return { shape, data: data.subarray(i * length, (i + 1) * length) };
    };
    await Promise.all(
      samples.map(async (sample, i) => {
        const predictions = Object.fromEntries(names.map((name) => [name, of(name, i)]));
        await use(sample, predictions as Record<Name, Prediction>, batch[i]);
      }),
    );
    bar.update(start + samples.length);
  }
  bar.done();
}
