import type { Value } from '../graph.ts';
import type { Attribute } from './builder.ts';
import type { Lowering } from './lowering.ts';

/** A convolution in ONNX Runtime's internal layout. On its way to memory the result can be shifted, added to something and cut off at 0 for nothing. */
export interface BlockedConv {
  image: string;
  filter: string;
  attributes: Readonly<Record<string, Attribute>>;
  /** `[channels]` */
  bias?: string;
  /** Blocked, of the result's shape. */
  sum?: string;
  relu?: boolean;
  /** The filter for a result whose channels are multiplied by fixed factors; absent where making it would cost time in every run. */
  scaledFilter?: (factors: string) => string;
  /** The section of the profile that it belongs to. */
  section: string;
}

/** Writes `y` as a convolution, and notes how it came about: what comes after may write it anew with more in it, see {@link openConv}. */
export function setBlockedConv(y: Value, conv: BlockedConv, to: Lowering): void {
  const { image, filter, attributes, bias, sum, relu, section } = conv;
  const inputs = [image, filter, ...(bias || sum ? [bias ?? ''] : []), ...(sum ? [sum] : [])];
  const name = to.onnx.inSection(section, () =>
    to.onnx.op('com.microsoft.nchwc:Conv', inputs, { ...attributes, ...(relu && { activation: 'Relu' }) }),
  );
  to.set(y, name, 'blocked');
  to.blockedConvs.set(y.id, conv);
}

/** The convolution behind `value`, if it can still take something in because only the operation at hand uses its result. */
export function openConv(value: Value, to: Lowering): BlockedConv | undefined {
  const conv = to.isUsedOnce(value) ? to.blockedConvs.get(value.id) : undefined;
  return conv?.relu ? undefined : conv;
}
