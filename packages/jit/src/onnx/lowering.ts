import type { Node, Value } from '../graph.ts';
import type { BlockedConv } from './blocked-conv.ts';
import type { OnnxBuilder } from './builder.ts';
import type { Layout } from './layouts.ts';
import { LAYOUTS, movesNothing, permutationBetween, permute } from './layouts.ts';

/** Where each value of the graph is found in the ONNX graph, in which memory layouts. */
export interface Lowering {
  readonly onnx: OnnxBuilder;
  /** Channels in a block of ONNX Runtime's internal layout on this machine; 0 where it has none. */
  readonly block: number;
  /**
   * The result is for any runtime and number of images: detours that only make ONNX Runtime faster
   * are left out.
   */
  readonly portable?: boolean;
  /** The result is for WebGPU, which lacks some operators. */
  readonly onCard?: boolean;
  /**
   * The value's name in `layout`, converting it once when it is only there in another. Ranks other
   * than 4 have only `logical`.
   */
  get(value: Value, layout?: Layout): string;
  /** Says where `value` is to be found. */
  set(value: Value, name: string, layout?: Layout): void;
  /** The layout in which the value was produced. */
  layoutOf(value: Value): Layout;
  /**
   * Whether the value is there in `layout` already. In blocks that is only ever so with images, and
   * where the machine has blocks.
   */
  has(value: Value, layout: Layout): boolean;
  /** `value` made ready to be broadcast against a tensor of `rank` stored in `layout`. */
  operand(value: Value, rank: number, layout: Layout): string;
  /** Something made from `value` once and reused, such as the image columns of a convolution. */
  cached(value: Value, key: string, make: () => string): string;
  /**
   * A value that the graph does not have, made from `source`. Nothing is there until it is `set`.
   */
  extraValue(source: Value, shape: readonly number[]): Value;
  /** The operation whose result the value is. */
  producer(value: Value): Node | undefined;
  /** Whether one operation, and nothing else, looks at the value. */
  isUsedOnce(value: Value): boolean;
  /** Whether the value is the same in every run, as long as nobody assigns a variable. */
  isFixed(value: Value): boolean;
  /** How values in blocks were made, by the value's id. */
  readonly blockedConvs: Map<number, BlockedConv>;
  /** The factors of products of two images in blocks, by the product's id. */
  readonly products: Map<number, readonly [Value, Value]>;
}

/**
 * @param known how many operations look at each value and which one makes it, by its id; the ids of
 *   values that are fixed
 */
export function lowering(
  onnx: OnnxBuilder,
  block: number,
  known: { uses: ReadonlyMap<number, number>; producers: ReadonlyMap<number, Node>; fixed: ReadonlySet<number> },
): Lowering {
  const places = new Map<number, Map<Layout, string>>();
  const extras = new Map<string, string>();
  /** The graph's own values have numbers from 0. */
  let extraValues = 0;
  const fixed = new Set(known.fixed);

  const placesOf = (value: Value): Map<Layout, string> => {
    const found = places.get(value.id);
    if (!found) throw new Error(`jit: value ${value.id} is used before it is made`);
    return found;
  };
  const transpose = (name: string, shape: readonly number[], permutation: number[]): string =>
    movesNothing(shape, permutation)
      ? onnx.op('Reshape', [name, onnx.ints(permutation.map((axis) => shape[axis]))])
      : onnx.op('Transpose', [name], { perm: permutation });

  const flatScalar = (value: Value) =>
    self.cached(value, 'scalar', () => onnx.op('Reshape', [self.get(value), onnx.ints([])]));

  const self: Lowering = {
    onnx,
    block,
    get(value, layout = 'logical') {
      const found = placesOf(value);
      const known = found.get(layout);
      if (known !== undefined) return known;
      if (layout === 'blocked') {
        const [source, channels_last] =
          found.has('channelsFirst') || !found.has('logical')
            ? (['channelsFirst', 0] as const)
            : (['logical', 1] as const);
        const made = onnx.op('com.microsoft.nchwc:ReorderInput', [self.get(value, source)], { channels_last });
        found.set(layout, made);
        return made;
      }
      const blocked = found.get('blocked');
      if (blocked !== undefined && found.size === 1) {
        const channels_last = layout === 'logical' ? 1 : 0;
        const attributes = { channels: value.shape[3], channels_last };
        const place = layout === 'logical' ? 'logical' : 'channelsFirst';
        found.set(place, onnx.op('com.microsoft.nchwc:ReorderOutput', [blocked], attributes));
        return self.get(value, layout);
      }
      const plain = [...found].filter(([other]) => other !== 'blocked');
      const [from, name] =
        plain.find(([other]) => movesNothing(permute(value.shape, other), permutationBetween(other, layout))) ??
        plain[0];
      const made = transpose(name, permute(value.shape, from), permutationBetween(from, layout));
      found.set(layout, made);
      return made;
    },
    set(value, name, layout = 'logical') {
      let found = places.get(value.id);
      if (!found) places.set(value.id, (found = new Map()));
      found.set(layout, name);
    },
    layoutOf: (value) => placesOf(value).keys().next().value!,
    has: (value, layout) => placesOf(value).has(layout),
    operand(value, rank, layout) {
      if (layout === 'logical') return self.get(value);
      if (value.shape.length === rank && layout !== 'blocked') return self.get(value, layout);
      if (layout === 'blocked')
        return value.shape.every((size) => size === 1) ? flatScalar(value) : self.get(value, 'blocked');
      if (value.shape.every((size) => size === 1)) return self.get(value);
      return self.cached(value, `as ${layout}`, () => {
        const shape = [...new Array<number>(rank - value.shape.length).fill(1), ...value.shape];
        const permutation = [...LAYOUTS[layout]];
        if (movesNothing(shape, permutation))
          return onnx.op('Reshape', [self.get(value), onnx.ints(permute(shape, layout))]);
        return transpose(onnx.op('Reshape', [self.get(value), onnx.ints(shape)]), shape, permutation);
      });
    },
    cached(value, key, make) {
      const full = `${value.id}/${key}`;
      const known = extras.get(full);
      if (known !== undefined) return known;
      const made = make();
      extras.set(full, made);
      return made;
    },
    extraValue({ id: source, dtype }, shape) {
      const id = --extraValues;
      if (fixed.has(source)) fixed.add(id);
      return { id, shape, dtype };
    },
    producer: ({ id }) => known.producers.get(id),
    isUsedOnce: ({ id }) => known.uses.get(id) === 1,
    isFixed: ({ id }) => fixed.has(id),
    blockedConvs: new Map(),
    products: new Map(),
  };
  return self;
}

/** The layout in which an elementwise operation on these values costs the fewest conversions. */
export function elementwiseLayout(values: readonly Value[], to: Lowering): Layout {
  const images = values.filter((value) => value.shape.length === 4);
  if (images.length === 0) return 'logical';
  const size = (value: Value) => value.shape.reduce((a, b) => a * b, 1);
  const largest = Math.max(...images.map(size));
  const full = images.filter((value) => size(value) === largest);
  const others = values.filter((value) => !full.includes(value));
  // Blocks hide the channel axis: only tensors of one shape, and scalars, meet there.
  const blockable = full.every((value) => to.has(value, 'blocked')) && others.every((value) => size(value) === 1);
  if (blockable) return 'blocked';
  if (full.some((value) => to.has(value, 'filter'))) return 'filter';
  const layout = full.map((value) => to.layoutOf(value)).find((candidate) => candidate !== 'logical');
  if (layout === 'blocked') return 'channelsFirst';
  return layout ?? (images.some((value) => value.shape[3] === 1) ? 'channelsFirst' : 'logical');
}

/** The same for operations that must know where each axis lies. */
export function orderedLayout(values: readonly Value[], to: Lowering): Exclude<Layout, 'blocked'> {
  const layout = elementwiseLayout(values, to);
  return layout === 'blocked' ? 'channelsFirst' : layout;
}
