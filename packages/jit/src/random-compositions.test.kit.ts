import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';

/**
 * One step of a program: which operation, on which of the tensors so far, with which choices. All
 * numbers are taken modulo what there is.
 */
export interface Instruction {
  operation: number;
  operand: number;
  choices: number[];
}

/** A composition of operations as plain data, so that fast-check can make it smaller. */
export interface Program {
  image: [batch: number, height: number, width: number, channels: number];
  instructions: Instruction[];
}

const number = fc.nat({ max: 9999 });

export const programs: fc.Arbitrary<Program> = fc.record({
  image: fc.tuple(
    fc.integer({ min: 1, max: 2 }),
    fc.integer({ min: 3, max: 7 }),
    fc.integer({ min: 3, max: 7 }),
    // Eight and sixteen fill the blocks of ONNX Runtime's internal layout.
    fc.constantFrom(1, 2, 3, 8, 16),
  ),
  instructions: fc.array(
    fc.record({ operation: number, operand: number, choices: fc.array(number, { minLength: 6, maxLength: 6 }) }),
    { minLength: 2, maxLength: 8 },
  ),
});

/**
 * Numbers between -1.5 and 1.5, no two alike and none near 0: operations with kinks give the same
 * on every engine.
 */
function noise(shape: readonly number[], salt: number): tf.Tensor {
  const size = tf.util.sizeFromShape([...shape]);
  const values = Float32Array.from({ length: size }, (_, i) => {
    const place = (i * 7919 + salt * 104729) % 9973;
    return (place / 9973 - 0.5) * 2.9 + (place < 4987 ? -0.02 : 0.02);
  });
  return tf.tensor(values, [...shape]);
}

/** What an operation may ask for. */
interface Choices {
  /** 0, …, n − 1. */
  below(n: number): number;
  flag(): boolean;
  /** One of the axes, or of the items. */
  oneOf<T>(items: readonly T[]): T;
  /** A tensor to learn: a filter, a bias, … */
  weight(shape: readonly number[]): tf.Tensor;
}

interface Operation {
  fits(x: tf.Tensor): boolean;
  apply(x: tf.Tensor, choose: Choices): tf.Tensor;
}

type Apply = Operation['apply'];

const axes = (x: tf.Tensor) => x.shape.map((_, axis) => axis);
const anything = () => true;
const rankFrom = (min: number, max: number) => (x: tf.Tensor) => x.rank >= min && x.rank <= max;
const isImage = (x: tf.Tensor) => x.rank === 4 && Math.min(x.shape[1]!, x.shape[2]!) >= 3;
const image = (x: tf.Tensor) => x as tf.Tensor4D;

/** Functions without kinks and without poles, which keep numbers small. */
const smooth: ((x: tf.Tensor) => tf.Tensor)[] = [
  tf.sin,
  tf.cos,
  tf.tanh,
  tf.sigmoid,
  tf.softplus,
  tf.erf,
  tf.atan,
  tf.asinh,
  (x) => tf.mul(x, tf.tanh(tf.softplus(x))),
  (x) => tf.exp(tf.tanh(x)),
  (x) => tf.expm1(tf.tanh(x)),
  (x) => tf.sinh(tf.tanh(x)),
  (x) => tf.cosh(tf.tanh(x)),
  (x) => tf.tan(tf.mul(tf.tanh(x), 0.5)),
  (x) => tf.asin(tf.mul(tf.tanh(x), 0.7)),
  (x) => tf.acos(tf.mul(tf.tanh(x), 0.7)),
  (x) => tf.atanh(tf.mul(tf.tanh(x), 0.7)),
  (x) => tf.acosh(tf.add(tf.square(x), 1.5)),
  (x) => tf.log(tf.add(tf.square(x), 1)),
  (x) => tf.log1p(tf.square(x)),
  (x) => tf.sqrt(tf.add(tf.square(x), 1)),
  (x) => tf.rsqrt(tf.add(tf.square(x), 1)),
  (x) => tf.reciprocal(tf.add(tf.square(x), 1)),
  (x) => tf.pow(tf.add(tf.square(x), 1), -0.7),
  (x) => tf.neg(x),
  (x) => tf.square(tf.tanh(x)),
];

/** Functions with kinks: only for inputs, whose numbers keep off them. */
const kinked: ((x: tf.Tensor) => tf.Tensor)[] = [
  tf.relu,
  tf.relu6,
  tf.abs,
  tf.elu,
  tf.selu,
  (x) => tf.leakyRelu(x, 0.1),
  (x) => tf.clipByValue(x, -0.005, 0.9999),
  (x) => tf.mul(tf.step(x), x),
  (x) => tf.mul(tf.floor(tf.mul(x, 0.1)), x),
  (x) => tf.max(x, x.rank - 1, true),
  (x) => tf.min(x, 0, true),
  // oneHot refuses a depth of 1.
  (x) => (x.shape.at(-1)! > 1 ? tf.mul(tf.oneHot(tf.cast(tf.argMax(x, x.rank - 1), 'int32'), x.shape.at(-1)!), x) : x),
  (x) => tf.where(tf.greater(tf.cos(tf.reshape(tf.range(0, x.size), x.shape)), 0.03), x, tf.mul(x, 2)),
];

// TensorFlow.js's own gradients of maximum, minimum, squaredDifference and batched products do not
// broadcast, those of cumsum and prod fail off the last axis: what docs/tensorflow-js-gradients.md
// lists does not come up here.
const binary: ((a: tf.Tensor, b: tf.Tensor) => tf.Tensor)[] = [
  tf.add,
  tf.sub,
  (a, b) => tf.mul(a, tf.tanh(b)),
  (a, b) => tf.div(a, tf.add(tf.square(b), 1)),
  (a, b) => tf.squaredDifference(tf.tanh(a), tf.broadcastTo(tf.tanh(b), a.shape)),
  (a, b) => tf.atan2(a, tf.add(tf.square(b), 1)),
  (a, b) => tf.pow(tf.add(tf.square(a), 1), tf.tanh(b)),
  (a, b) => tf.addN([a, tf.broadcastTo(b, a.shape), a]),
];

/** A weight that broadcasts against `x`: some axes of size 1, some missing in front. */
function partner(x: tf.Tensor, choose: Choices): tf.Tensor {
  const kept = x.shape.slice(choose.below(x.rank + 1));
  const pattern = choose.below(1 << kept.length);
  return choose.weight(kept.map((size, i) => (pattern & (1 << i) ? 1 : size)));
}

const reductions: ((x: tf.Tensor, over: number[], keep: boolean) => tf.Tensor)[] = [
  (x, over, keep) => tf.mul(tf.sum(x, over, keep), 0.3),
  tf.mean,
  tf.logSumExp,
  (x, over, keep) => tf.sqrt(tf.add(tf.sum(tf.square(x), over, keep), 1)),
];

/** Of an image that is at least three pixels wide and high. */
const filterSize = (choose: Choices): [number, number] => [choose.oneOf([1, 2, 3]), choose.oneOf([1, 2, 3])];
const stride = (choose: Choices): [number, number] => [choose.oneOf([1, 2]), choose.oneOf([1, 2])];
const padding = (choose: Choices) => choose.oneOf(['same', 'valid'] as const);

const structural: Operation[] = [
  { fits: anything, apply: (x, choose) => choose.oneOf(smooth)(x) },
  { fits: anything, apply: (x, choose) => choose.oneOf(smooth)(x) },
  {
    fits: anything,
    apply(x, choose) {
      const apply = choose.oneOf(binary);
      return apply(x, partner(x, choose));
    },
  },
  { fits: rankFrom(1, 5), apply: (x, choose) => choose.oneOf(kinked)(choose.weight(x.shape)) },
  {
    fits: rankFrom(1, 5),
    apply: (x, choose) => {
      const pattern = 1 + choose.below((1 << x.rank) - 1);
      return choose.oneOf(reductions)(
        x,
        axes(x).filter((axis) => pattern & (1 << axis)),
        choose.flag(),
      );
    },
  },
  {
    fits: rankFrom(1, 4),
    apply: (x, choose) =>
      choose.oneOf([(y: tf.Tensor) => tf.softmax(y), (y: tf.Tensor) => tf.mul(tf.logSoftmax(y), 0.3)])(x),
  },
  {
    fits: rankFrom(1, 5),
    apply: (x, choose) => tf.mul(tf.cumsum(x, x.rank - 1, choose.flag(), choose.flag()), 0.3),
  },
  { fits: anything, apply: (x) => tf.reshape(x, [-1]) },
  { fits: anything, apply: (x, choose) => (x.rank < 5 ? tf.expandDims(x, choose.below(x.rank + 1)) : tf.squeeze(x)) },
  {
    fits: rankFrom(2, 5),
    apply: (x, choose) => {
      const turn = choose.below(x.rank);
      const order = axes(x).map((axis) => (axis + turn) % x.rank);
      return tf.transpose(x, choose.flag() ? order.reverse() : order);
    },
  },
  {
    fits: rankFrom(1, 4),
    apply: (x, choose) => {
      const begin = x.shape.map((size) => choose.below(Math.min(size, 2)));
      return tf.slice(
        x,
        begin,
        x.shape.map((size, i) => Math.max(1, size - begin[i] - choose.below(2))),
      );
    },
  },
  {
    fits: rankFrom(1, 4),
    apply: (x, choose) =>
      tf.pad(
        x,
        x.shape.map(() => [choose.below(2), choose.below(3)] as [number, number]),
        choose.oneOf([0, 0.5]),
      ),
  },
  {
    fits: rankFrom(1, 5),
    apply: (x, choose) => {
      const axis = choose.oneOf(axes(x));
      const shape = x.shape.map((size, i) => (i === axis ? 1 + choose.below(3) : size));
      return tf.concat(choose.flag() ? [x, choose.weight(shape)] : [choose.weight(shape), x, x], axis);
    },
  },
  {
    fits: (x) => x.shape.some((size) => size > 1),
    apply: (x, choose) => {
      const axis = choose.oneOf(axes(x).filter((candidate) => x.shape[candidate] > 1));
      const parts = tf.split(x, [1, x.shape[axis] - 1], axis);
      return choose.flag() ? parts[0] : parts.at(-1)!;
    },
  },
  { fits: rankFrom(1, 4), apply: (x, choose) => tf.stack([x, choose.weight(x.shape), x], choose.below(x.rank + 1)) },
  {
    fits: (x) => x.shape.some((size) => size > 1),
    apply: (x, choose) => {
      const parts = tf.unstack(x, choose.oneOf(axes(x).filter((axis) => x.shape[axis] > 1)));
      return choose.oneOf(parts);
    },
  },
  {
    fits: rankFrom(1, 4),
    apply: (x, choose) =>
      tf.tile(
        x,
        x.shape.map(() => 1 + choose.below(2)),
      ),
  },
  { fits: rankFrom(1, 4), apply: (x, choose) => tf.reverse(x, [choose.oneOf(axes(x))]) },
  {
    fits: rankFrom(1, 5),
    apply: (x, choose) => {
      const axis = choose.oneOf(axes(x));
      const indices = Array.from({ length: 1 + choose.below(4) }, (_, i) => (i * 5 + choose.below(7)) % x.shape[axis]);
      return tf.gather(x, tf.tensor1d(indices, 'int32'), axis);
    },
  },
  {
    fits: rankFrom(2, 4),
    apply: (x, choose) => {
      const [rows, columns] = x.shape.slice(-2);
      const width = 1 + choose.below(5);
      const scaled = tf.mul(x, 1 / Math.sqrt(Math.max(rows, columns)));
      const batch = x.shape.slice(0, -2);
      return choose.flag()
        ? tf.matMul(scaled, choose.weight([...batch, columns, width]))
        : tf.matMul(scaled, choose.weight([...batch, width, rows]), true, true);
    },
  },
  {
    fits: (x) => x.rank === 2,
    apply: (x, choose) => {
      const width = 1 + choose.below(5);
      return tf.fused.matMul({
        a: tf.mul(x, 0.3),
        b: choose.weight([x.shape[1]!, width]) as tf.Tensor2D,
        bias: choose.weight([width]),
        activation: choose.oneOf(['linear', 'sigmoid', 'elu'] as const),
      });
    },
  },
  {
    fits: rankFrom(2, 4),
    apply: (x, choose) => {
      const channels = [x.shape.at(-1)!];
      const variance = tf.add(tf.square(choose.weight(channels)), 0.5);
      return tf.batchNorm(
        x as tf.Tensor4D,
        choose.weight(channels) as tf.Tensor1D,
        variance as tf.Tensor1D,
        choose.weight(channels) as tf.Tensor1D,
        choose.weight(channels) as tf.Tensor1D,
      );
    },
  },
  {
    fits: rankFrom(1, 4),
    apply: (x, choose) => {
      const { mean, variance } = tf.moments(x, [choose.oneOf(axes(x))], true);
      return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 0.1)));
    },
  },
];

const convolutional: Apply[] = [
  (x, choose) => {
    const [height, width] = filterSize(choose);
    const filter = choose.weight([height, width, x.shape[3]!, choose.oneOf([1, 3, 8, 16])]) as tf.Tensor4D;
    return tf.mul(tf.conv2d(image(x), filter, stride(choose), padding(choose)), 0.3);
  },
  (x, choose) => {
    const filter = choose.weight([3, 3, x.shape[3]!, 8]) as tf.Tensor4D;
    return tf.mul(tf.conv2d(image(x), filter, 1, choose.below(3), 'NHWC', 1, 'floor'), 0.3);
  },
  (x, choose) => {
    const [height, width] = filterSize(choose);
    const filter = choose.weight([height, width, x.shape[3]!, choose.oneOf([1, 2])]) as tf.Tensor4D;
    return tf.mul(tf.depthwiseConv2d(image(x), filter, choose.oneOf([1, 2]), padding(choose)), 0.5);
  },
  (x, choose) => {
    const [height, width] = filterSize(choose);
    const channels = choose.oneOf([2, 8]);
    const filter = choose.weight([height, width, channels, x.shape[3]!]) as tf.Tensor4D;
    const size: [number, number, number, number] = [x.shape[0], x.shape[1]! * 2, x.shape[2]! * 2, channels];
    return tf.mul(tf.conv2dTranspose(image(x), filter, size, 2, 'same'), 0.3);
  },
  (x, choose) => {
    const filter = choose.weight([3, 3, x.shape[3]!, 4]) as tf.Tensor4D;
    const bias = choose.weight([4]) as tf.Tensor1D;
    return tf.fused.conv2d({ x: image(tf.mul(x, 0.3)), filter, strides: 1, pad: 'same', bias, activation: 'sigmoid' });
  },
  // Ties and kinks: on inputs alone.
  (x, choose) => tf.maxPool(image(choose.weight(x.shape)), choose.oneOf([2, 3]), choose.oneOf([1, 2]), padding(choose)),
  (x, choose) => tf.avgPool(image(x), choose.oneOf([2, 3]), choose.oneOf([1, 2]), 'valid'),
  (x, choose) => {
    const side = Math.min(x.shape[1]!, x.shape[2]!);
    const square = tf.slice(image(x), [0, 0, 0, 0], [-1, side, side, -1]);
    return tf.image.resizeBilinear(square, [1 + choose.below(9), 1 + choose.below(9)], choose.flag());
  },
  (x, choose) => {
    const first = tf.slice(image(x), [0, 0, 0, 0], [1, -1, -1, -1]);
    return tf.image.resizeNearestNeighbor(first, [1 + choose.below(9), 1 + choose.below(9)], choose.flag());
  },
  (x, choose) => tf.localResponseNormalization(image(x), 1 + choose.below(2), 1, 0.5, 0.7),
  (x, choose) =>
    tf.spaceToBatchND(
      image(x),
      [2, 2],
      [1, 2].map((axis) => [x.shape[axis]! % 2, choose.below(2) * 2]),
    ),
];

const OPERATIONS: Operation[] = [...structural, ...convolutional.map((apply) => ({ fits: isImage, apply }))];

const MOST_ELEMENTS = 3000;

export interface Interpreted {
  /** The image and the weights. */
  inputs: tf.Tensor[];
  /** Everything that the program computes of them, the image itself first. */
  outputs(inputs: readonly tf.Tensor[]): tf.Tensor[];
}

/** Turns a program into a function of its image and its weights, with first values for them. */
export function interpret({ image: shape, instructions }: Program): Interpreted {
  const inputs: tf.Tensor[] = [noise(shape, 1)];
  const run = (given: readonly tf.Tensor[], collect: boolean): tf.Tensor[] => {
    let used = 1;
    const made: tf.Tensor[] = [given[0]];
    for (const { operation, operand, choices } of instructions) {
      const x = made[made.length - 1 - (operand % made.length)];
      const fitting = OPERATIONS.filter(({ fits }) => fits(x));
      let next = 0;
      const below = (n: number) => choices[next++ % choices.length] % n;
      const y = fitting[operation % fitting.length].apply(x, {
        below,
        flag: () => below(2) === 1,
        oneOf: (items) => items[below(items.length)],
        weight(wanted) {
          if (collect) inputs.push(noise(wanted, inputs.length + 1));
          return (collect ? inputs : given)[used++];
        },
      });
      made.push(y.size <= MOST_ELEMENTS ? y : tf.mean(y));
    }
    return made;
  };
  run(inputs, true);
  return { inputs, outputs: (given) => run(given, false) };
}
