import * as ort from 'onnxruntime-node';
import { onnxBuilder } from './builder.ts';
import { createSession } from './create-session.ts';

const channels = 32;
let known: Promise<number> | undefined;

/**
 * Reorders an image whose channel c holds the number c: the first value that is not 0 tells how
 * many channels lie side by side.
 */
async function probe(): Promise<number> {
  const onnx = onnxBuilder();
  const image = onnx.input('image', [1, channels, 1, 2], 'float32');
  const reordered = onnx.op('com.microsoft.nchwc:ReorderInput', [image], { channels_last: 0 });
  onnx.output(reordered, [1, channels, 1, 2], 'float32');
  try {
    const session = await createSession(onnx.encode());
    const data = Float32Array.from({ length: channels * 2 }, (_, i) => Math.floor(i / 2));
    const result = (await session.run({ image: new ort.Tensor('float32', data, [1, channels, 1, 2]) }))[reordered]
      .data as Float32Array;
    await session.release();
    // Blocked: channels 0..b-1 of the first pixel, then those of the second, which begin with 0
    // again.
    const block = [...result].indexOf(0, 1);
    const expected = (i: number) => Math.floor(i / (2 * block)) * block + (i % block);
    return block > 1 && result.every((value, i) => value === expected(i)) ? block : 0;
  } catch {
    // An ONNX Runtime without this internal operator refuses the model: the standard operators do
    // the same, only slower.
    return 0;
  }
}

/**
 * How many channels ONNX Runtime's internal convolution layout groups on this processor (16 with
 * AVX-512, 8 elsewhere), 0 if it has none.
 */
export function blockSize(): Promise<number> {
  return (known ??= probe());
}
