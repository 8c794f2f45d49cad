import { argMax, type Tensor4D } from '@tensorflow/tfjs-core';
import { exportOnnx } from '@segsde/jit';
import { writeFile } from 'node:fs/promises';
import { writeAtomically } from '../files/write-atomically.ts';
import { openFinishedRun } from './open-finished-run.ts';
import { trainedNetworks } from './trained-networks.ts';

/**
 * Writes a run's networks as one ONNX file: `image` `[batch, height, width, 3]` in 0..1 at the size
 * that they work at, to `logits` `[batch, height, width, classes]`, `labels` (trainIds, int32
 * `[batch, height, width]`) and, if the run has learnt depth, `disparity`
 * `[batch, height, width, 1]` in 0..1. The names of the classes are in the file's metadata, as JSON
 * under `classes`.
 */
export async function exportRun(runFolder: string, { variant, out }: { variant?: string; out: string }): Promise<void> {
  const run = await openFinishedRun(runFolder);
  const { classes, segmentation, depth } = await trainedNetworks(run, variant);
  const { height, width } = run.config.data;
  const inference = { training: false } as const;
  const predict = ({ image }: { image: Tensor4D }) => {
    const logits = segmentation.segment(image, inference);
    const labels = argMax(logits, -1);
    return { logits, labels, ...(depth && { disparity: depth.disparities(image, inference)[0] }) };
  };
  const metadata = { classes: JSON.stringify(classes.map(({ name }) => name)) };
  const specs = { image: { shape: [null, height, width, 3] } };
  const bytes = await exportOnnx(predict, specs, { name: run.config.name, metadata });
  await writeAtomically(out, (temporary) => writeFile(temporary, bytes));
  const outputs = ['logits', 'labels', ...(depth ? ['disparity'] : [])];
  console.log(
    `${out}: image [batch, ${height}, ${width}, 3] to ${outputs.join(', ')}; ${(bytes.length / 1e6).toFixed(1)} MB`,
  );
}
