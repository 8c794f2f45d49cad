import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  add,
  argMax,
  bitwiseAnd,
  concat,
  conv2d,
  conv2dTranspose,
  depthwiseConv2d,
  dispose,
  elu,
  image as tfImage,
  logSoftmax,
  matMul,
  max,
  mean,
  mirrorPad,
  mul,
  ones,
  randomUniform,
  range,
  ready,
  relu,
  relu6,
  reshape,
  rsqrt,
  scalar,
  slice,
  softmax,
  split,
  stack,
  step,
  sum,
  tensor1d,
  tensor2d,
  tidy,
  tile,
  transpose,
  variable,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import onnxProto from 'onnx-proto';
import * as ort from 'onnxruntime-node';
import { exportOnnx } from './export-onnx.ts';
import type { InputSpecs } from './export-onnx.ts';

beforeAll(ready);

const contents = (bytes: Uint8Array) => onnxProto.onnx.ModelProto.decode(bytes);
const dimsOf = ({ type }: onnxProto.onnx.IValueInfoProto) =>
  type!.tensorType!.shape!.dim!.map(({ dimParam, dimValue }) => (dimParam ? dimParam : Number(dimValue)));

/** Runs the file on ONNX Runtime. */
async function run(bytes: Uint8Array, inputs: Record<string, Tensor>): Promise<ort.InferenceSession.OnnxValueMapType> {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 4 });
  const feeds = Object.entries(inputs).map(([name, { dtype, shape }]) => [
    name,
    new ort.Tensor(dtype as 'float32', inputs[name].dataSync<'float32'>(), shape),
  ]);
  const results = await session.run(Object.fromEntries(feeds));
  await session.release();
  return results;
}

type Structure = Record<string, Tensor>;

/**
 * Exports `fn` with an open batch and compares what the file computes for 1, 2 and 5 images with
 * what TensorFlow.js computes.
 */
async function expectSame<Inputs extends Structure>(
  fn: (inputs: Inputs) => Structure,
  specs: { [Key in keyof Inputs]: { shape: (number | null)[] } },
): Promise<onnxProto.onnx.ModelProto> {
  const bytes = await exportOnnx(fn, specs as unknown as InputSpecs<Inputs>);
  for (const batch of [1, 2, 5]) {
    const inputs = Object.fromEntries(
      Object.entries(specs).map(([name, { shape }], i) => [
        name,
        randomUniform(
          shape.map((size) => size ?? batch),
          -1,
          1,
          'float32',
          i + batch,
        ),
      ]),
    ) as Inputs;
    const expected = tidy(() => fn(inputs));
    const actual = await run(bytes, inputs);
    expect(Object.keys(actual)).toEqual(Object.keys(expected));
    for (const [name, tensor] of Object.entries(expected)) {
      expect(actual[name].dims).toEqual(tensor.shape);
      const wanted = tensor.dataSync();
      const values = Array.from(actual[name].data as Float32Array);
      values.forEach((value, i) =>
        expect(Math.abs(value - wanted[i])).toBeLessThanOrEqual(1e-5 * (1 + Math.abs(wanted[i]))),
      );
    }
    dispose([inputs, expected]);
  }
  const model = contents(bytes);
  expect(model.opsetImport!.map(({ domain, version }) => [domain, Number(version)])).toEqual([['', 17]]);
  expect(model.graph!.node!.map(({ domain }) => domain)).toEqual(model.graph!.node!.map(() => ''));
  return model;
}

const filter = (name: string, shape: [number, number, number, number]) =>
  variable(randomUniform(shape, -0.5, 0.5, 'float32', 7), true, name) as Variable & Tensor4D;

describe('a small network', () => {
  test('computes the same for any number of images, under the names that its author gave', async () => {
    const stem = filter('net.stem.weight', [3, 3, 3, 8]);
    const bias = variable(tensor1d([1, 2, 3, 4, 5, 6, 7, 8]), true, 'net.stem.bias');
    const head = filter('net.head.weight', [1, 1, 8, 4]);
    const { graph, producerName, producerVersion } = await expectSame(
      ({ image }: { image: Tensor4D }) => {
        const x = relu(add<Tensor4D>(conv2d(image, stem, 2, 'same'), bias));
        const logits = tfImage.resizeBilinear(conv2d(x, head, 1, 'same'), [6, 8], false, true);
        return { logits, label: argMax(logits, -1) };
      },
      { image: { shape: [null, 6, 8, 3] } },
    );
    const { node, input, output, initializer } = graph!;
    expect(input!.map(({ name }) => name)).toEqual(['image']);
    expect(dimsOf(input![0])).toEqual(['batch', 6, 8, 3]);
    expect(output!.map(({ name }) => name)).toEqual(['logits', 'label']);
    expect(dimsOf(output![0])).toEqual(['batch', 6, 8, 4]);
    expect(initializer!.map(({ name, dims }) => [name, dims!.map(Number)])).toEqual(
      expect.arrayContaining([
        ['net.stem.weight', [8, 3, 3, 3]],
        ['net.stem.bias', [1, 8, 1, 1]],
        ['net.head.weight', [4, 8, 1, 1]],
      ]),
    );
    expect(node!.map(({ name, opType }) => `${name} ${opType}`)).toEqual([
      'Transpose Transpose',
      'net.stem.Conv Conv',
      'net.stem.Add Add',
      'net.stem.Relu Relu',
      'net.head.Conv Conv',
      'net.head.Resize Resize',
      'net.head.IsNaN IsNaN',
      'net.head.Where Where',
      'net.head.ArgMax ArgMax',
      'net.head.Cast Cast',
      'net.head.Transpose Transpose',
    ]);
    expect([producerName, producerVersion]).toEqual(['@segsde/jit', expect.stringMatching(/^\d+\.\d+\.\d+/)]);
    dispose([stem, bias, head]);
  });

  test('has nothing to compute that depends on its variables alone', async () => {
    const weight = filter('folded.conv.weight', [3, 3, 3, 4]);
    const scale = variable(tensor1d([1, 2, 3, 4]), true, 'folded.norm.scale');
    const variance = variable(tensor1d([4, 3, 2, 1]), false, 'folded.norm.variance');
    const { graph } = await expectSame(
      ({ image }: { image: Tensor4D }) => ({
        y: mul(conv2d(image, mul<Tensor4D>(weight, 2), 1, 'same'), mul(scale, rsqrt(add(variance, 1e-3)))),
      }),
      { image: { shape: [null, 4, 4, 3] } },
    );
    expect(graph!.node!.map(({ opType }) => opType)).toEqual(['Transpose', 'Conv', 'Mul', 'Transpose']);
    expect(graph!.initializer!.map(({ name, dims }) => [name, dims!.map(Number)])).toEqual([
      ['folded.conv.weight', [4, 3, 3, 3]],
      ['folded.norm.Mul', [1, 4, 1, 1]],
    ]);
    dispose([weight, scale, variance]);
  });

  test('takes words about it along', async () => {
    const metadata = { classes: '["road","sky"]', licence: 'none' };
    const bytes = await exportOnnx(
      ({ x }: { x: Tensor }) => ({ y: mul(x, 2) }),
      { x: { shape: [null, 2] } },
      { name: 'double', metadata },
    );
    const { graph, metadataProps } = contents(bytes);
    expect(graph!.name).toBe('double');
    expect(Object.fromEntries(metadataProps!.map(({ key, value }) => [key, value]))).toEqual(metadata);
  });

  test('goes out with the newest values of its variables', async () => {
    const weight = variable(tensor1d([1, 2]), true, 'newest');
    const scaled = ({ x }: { x: Tensor }) => ({ y: mul(x, weight) });
    weight.assign(tensor1d([10, 20]));
    const bytes = await exportOnnx(scaled, { x: { shape: [null, 2] } });
    expect(Array.from((await run(bytes, { x: ones([1, 2]) })).y.data as Float32Array)).toEqual([10, 20]);
    weight.dispose();
  });
});

describe('any number of images goes through', () => {
  const image = { image: { shape: [null, 4, 6, 3] } };
  type Image = { image: Tensor4D };
  const both: [string, (inputs: Image) => Tensor][] = [
    ['flattening and products', ({ image: x }) => matMul(reshape(x, [x.shape[0], 72]), ones([72, 5]))],
    [
      'a reshape that splits and one that joins the batch',
      ({ image: x }) => sum(reshape(reshape(x, [-1, 2, 3]), [x.shape[0], 4, 6, 3]), 2),
    ],
    ['transposes of several axes', ({ image: x }) => transpose(reshape(x, [x.shape[0], 4, 2, 3, 3]), [0, 3, 1, 4, 2])],
    [
      'a batch that is not the first axis for a while',
      ({ image: x }) => transpose(mul(transpose(x, [1, 0, 2, 3]), 2), [1, 0, 2, 3]),
    ],
    ['ones of the batch size', ({ image: x }) => concat([x, ones([x.shape[0], 4, 6, 1])], 3)],
    ['a mean over everything but the batch', ({ image: x }) => mean(x, [1, 2])],
    ['extremes', ({ image: x }) => add(max(x, -1, true), max(x, [1], true))],
    ['activations', ({ image: x }) => add(softmax(elu(x)), logSoftmax(relu6(x), 3))],
    ['steps', ({ image: x }) => add(step(x), step(x, 0.3))],
    ['tiles', ({ image: x }) => tile(slice(x, [0, 1, 0, 0], [-1, 2, -1, -1]), [1, 2, 1, 2])],
    ['twice the batch', ({ image: x }) => concat([x, mul(x, 2)], 0)],
    [
      'stacks and pieces',
      ({ image: x }) =>
        stack(
          split(x, 3, 3).map((part) => sum(part, [1, 2, 3])),
          1,
        ),
    ],
    [
      'mirrored borders',
      ({ image: x }) =>
        mirrorPad(
          x,
          [
            [0, 0],
            [1, 1],
            [2, 0],
            [0, 0],
          ],
          'reflect',
        ),
    ],
    ['nearest neighbours', ({ image: x }) => tfImage.resizeNearestNeighbor(x, [8, 12])],
    ['sizes of no round factor', ({ image: x }) => tfImage.resizeBilinear(x, [5, 9], true)],
    [
      'products of matrices of each image',
      ({ image: x }) => matMul(reshape(x, [-1, 4, 18]), reshape(x, [-1, 4, 18]), false, true),
    ],
  ];
  test.each(both)('%s', async (_, fn) => {
    await expectSame((inputs: Image) => ({ y: fn(inputs) }), image);
  });

  test('convolutions by channel, and backwards', async () => {
    const [depthwise, backwards] = [filter('depthwise', [3, 3, 3, 2]), filter('backwards', [2, 2, 5, 6])];
    await expectSame(
      ({ image: x }: Image) => ({
        y: conv2dTranspose(depthwiseConv2d(x, depthwise, 1, 'same'), backwards, [x.shape[0], 8, 12, 5], 2, 'same'),
      }),
      image,
    );
    dispose([depthwise, backwards]);
  });

  test('several inputs, some without a batch', async () => {
    await expectSame(
      ({ a, b }: { a: Tensor2D; b: Tensor1D }) => ({
        sum: add(a, b),
        a2: mul(a, a),
        product: matMul(a, reshape(b, [3, 1])),
      }),
      {
        a: { shape: [null, 3] },
        b: { shape: [3] },
      },
    );
  });
});

test('a tf.layers model goes out in inference mode, its layers told apart by their names', async () => {
  const seeded = (seed: number) => tfl.initializers.glorotUniform({ seed });
  const model = tfl.sequential({
    layers: [
      tfl.layers.conv2d({
        inputShape: [8, 8, 1],
        filters: 4,
        kernelSize: 3,
        activation: 'relu',
        kernelInitializer: seeded(1),
        name: 'first',
      }),
      tfl.layers.batchNormalization({ name: 'norm' }),
      tfl.layers.maxPooling2d({ poolSize: 2 }),
      tfl.layers.averagePooling2d({ poolSize: 2, strides: 1, padding: 'same' }),
      tfl.layers.flatten(),
      tfl.layers.dropout({ rate: 0.5 }),
      tfl.layers.dense({ units: 3, activation: 'softmax', kernelInitializer: seeded(2), name: 'last' }),
    ],
  });
  const specs = { digit: model.inputs[0] };
  const { graph } = await expectSame(
    ({ digit }: { digit: Tensor4D }) => ({ class: model.apply(digit) as Tensor }),
    specs,
  );
  expect(graph!.node!.map(({ opType }) => opType)).toEqual(
    expect.arrayContaining(['Conv', 'BatchNormalization', 'MaxPool', 'AveragePool', 'MatMul', 'Softmax']),
  );
  expect(graph!.node!.find(({ opType }) => opType === 'MaxPool')!.output).toHaveLength(1);
  const names = graph!.node!.map(({ name }) => name!);
  expect(names.filter((name) => /Conv$|MatMul$/.test(name))).toEqual([
    expect.stringMatching(/^first/),
    expect.stringMatching(/^last/),
  ]);
  model.dispose();
});

test('between layers nothing is reshaped there and back', async () => {
  const dense = (units: number, seed: number) =>
    tfl.layers.dense({
      ...{ inputShape: [2], units, activation: 'relu' },
      kernelInitializer: tfl.initializers.glorotNormal({ seed }),
    });
  const model = tfl.sequential({ layers: [dense(8, 1), dense(8, 2)] });
  const { graph } = await expectSame(
    ({ x }: { x: Tensor2D }) => ({ y: model.apply(reshape(reshape(x, [-1, 1, 2]), [-1, 2])) as Tensor }),
    {
      x: { shape: [null, 2] },
    },
  );
  expect(graph!.node!.map(({ opType }) => opType)).toEqual([
    'Reshape',
    'MatMul',
    'Add',
    'Relu',
    'MatMul',
    'Add',
    'Relu',
    'Reshape',
  ]);
  model.dispose();
});

test('without null the file is for one size', async () => {
  const bytes = await exportOnnx(({ x }: { x: Tensor2D }) => ({ y: add(x, reshape(range(0, x.shape[0]), [-1, 1])) }), {
    x: { shape: [3, 1] },
  });
  expect(dimsOf(contents(bytes).graph!.output![0])).toEqual([3, 1]);
  expect(Array.from((await run(bytes, { x: ones([3, 1]) })).y.data as Float32Array)).toEqual([1, 2, 3]);
});

test('nested structures, and one tensor alone, have names as well', async () => {
  const nested = await exportOnnx(
    ({ pair: [a, b] }: { pair: [Tensor, Tensor] }) => ({
      results: { both: add(a, b) },
      same: a,
      again: a,
      none: scalar(3),
    }),
    { pair: [{ shape: [null, 2] }, { shape: [null, 2], dtype: 'float32' }] },
  );
  const { graph } = contents(nested);
  expect(graph!.input!.map(({ name }) => name)).toEqual(['pair.0', 'pair.1']);
  const results = await run(nested, { 'pair.0': ones([1, 2]), 'pair.1': ones([1, 2]) });
  expect(Object.entries(results).map(([name, { data }]) => [name, ...(data as Float32Array)])).toEqual([
    ['results.both', 2, 2],
    ['same', 1, 1],
    ['again', 1, 1],
    ['none', 3],
  ]);
  const alone = await exportOnnx((x: Tensor) => mul(x, 2), { shape: [null, 2] });
  expect(Array.from((await run(alone, { input: ones([1, 2]) })).output.data as Float32Array)).toEqual([2, 2]);
});

describe('what cannot go out is told', () => {
  const weight = variable(tensor1d([1, 2]), true, 'told.weight');
  const specs = { x: { shape: [null, 2] } };
  type Input = { x: Tensor2D };

  test('a function that learns', async () => {
    const learn = ({ x }: Input) => {
      weight.assign(sum(x, 0));
      return { y: x };
    };
    await expect(exportOnnx(learn, specs)).rejects.toThrow(/learn assigns the variable told\.weight.*training: false/s);
  });

  test.each<[string, (inputs: Input) => Tensor]>([
    ['numbers for each image', ({ x }) => add(x, reshape(range(0, x.shape[0]), [-1, 1]))],
    ['a factor of the number of images', ({ x }) => mul(x, 1 / x.shape[0])],
    [
      'as many operations as images',
      ({ x }) => stack(Array.from({ length: x.shape[0] }, (_, i) => slice(x, [i, 0], [1, 2]))),
    ],
    ['pieces of the batch', ({ x }) => split(x, x.shape[0] > 25 ? [20, x.shape[0] - 20] : [10, x.shape[0] - 10])[0]],
  ])('%s', async (_, fn) => {
    await expect(exportOnnx(({ x }: Input) => ({ y: fn({ x }) }), specs)).rejects.toThrow(
      /the number of images cannot be left open.*give a number in place of null/s,
    );
  });

  test('a kernel without compiled form, and where it is called', async () => {
    const cropped = ({ x }: Input) => ({ y: tfImage.nonMaxSuppression(x, tensor1d([1]), 1) });
    await expect(exportOnnx(cropped, { x: { shape: [1, 4] } })).rejects.toThrow(
      /exportOnnx: cropped uses the kernel NonMaxSuppressionV3, which has no compiled form at .*export-onnx\.test\.ts:\d+/,
    );
  });

  test('a kernel that only ONNX Runtime has an operator for', async () => {
    const crop = ({ x }: { x: Tensor4D }) => ({
      y: tfImage.cropAndResize(x, tensor2d([[0, 0, 1, 1]]), tensor1d([0], 'int32'), [2, 2]),
    });
    await expect(exportOnnx(crop, { x: { shape: [1, 4, 4, 1] } })).rejects.toThrow(
      /the kernel CropAndResize is only written with com\.microsoft\.CropAndResize, which other runtimes lack/,
    );
  });

  test('a kernel that later opsets have an operator for', async () => {
    const mask = ({ x }: { x: Tensor }) => ({ y: bitwiseAnd(x, x) });
    await expect(exportOnnx(mask, { x: { shape: [null, 2], dtype: 'int32' } })).rejects.toThrow(
      /mask cannot be written in opset 17: .*BitwiseAnd/,
    );
  });

  test('an open axis that is not the batch', async () => {
    await expect(exportOnnx(({ x }: Input) => ({ y: x }), { x: { shape: [2, null] } })).rejects.toThrow(
      /the shape of x is \[2, null\]; only the first axis/,
    );
  });

  test('one name for two things', async () => {
    await expect(exportOnnx(({ x }: Input) => ({ x }), specs)).rejects.toThrow(
      /"x" is the name of an input and of a result/,
    );
  });

  test('results that are no tensors', async () => {
    await expect(exportOnnx(({ x }: Input) => ({ y: x.shape[1] }), specs)).rejects.toThrow(
      /output\.y is nothing that a model can take or return/,
    );
  });
});
