import type { Value } from '../graph.ts';
import type { Attribute } from './builder.ts';
import type { Lowering } from './lowering.ts';

/**
 * What a convolution in ONNX Runtime's internal layout does to its result on the way to memory, for
 * nothing.
 */
export interface Finish {
  /** `[channels]` */
  bias?: string;
  /** Blocked, of the result's shape. */
  sum?: string;
  relu?: boolean;
}

/** The result's name. */
export type WriteConv = (finish: Finish) => string;

/** A convolution whose result is in blocks. */
export interface BlockedConv {
  write: WriteConv;
  finish: Finish;
  /** It cannot take in a `sum`. */
  takesNoSum?: boolean;
  /**
   * The same for a result whose channels are multiplied by fixed factors; absent where making its
   * filter would cost time in every run.
   */
  scaled?: (factors: string) => WriteConv;
  /** The section of the profile that it belongs to. */
  section: string;
}

export const blockedConv =
  (image: string, filter: string, attributes: Readonly<Record<string, Attribute>>, to: Lowering): WriteConv =>
  ({ bias, sum, relu }) => {
    const inputs = [image, filter, ...(bias || sum ? [bias ?? ''] : []), ...(sum ? [sum] : [])];
    return to.onnx.op('com.microsoft.nchwc:Conv', inputs, { ...attributes, ...(relu && { activation: 'Relu' }) });
  };

/**
 * Writes `y` as a convolution, and notes how it came about: what comes after may write it anew with
 * more in it, see {@link openConv}.
 */
export function setBlockedConv(y: Value, conv: BlockedConv, to: Lowering): void {
  to.set(
    y,
    to.onnx.inSection(conv.section, () => conv.write(conv.finish)),
    'blocked',
  );
  to.blockedConvs.set(y.id, conv);
}

/**
 * The convolution behind `value`, if it can still take something in because only the operation at
 * hand uses its result.
 */
export function openConv(value: Value, to: Lowering): BlockedConv | undefined {
  const conv = to.isUsedOnce(value) ? to.blockedConvs.get(value.id) : undefined;
  return conv?.finish.relu ? undefined : conv;
}
