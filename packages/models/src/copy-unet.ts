import { copyWeights } from './copy-weights.ts';
import { loadStateDict } from './load-state-dict.ts';
import type { StoredTensor } from './stored-tensor.ts';
import type { HasStateDict } from './to-state-dict.ts';
import { isDisparityHead } from './unet.ts';

/** Where a segmentation decoder keeps its U-Net. */
const UNET = 'unet_dec.';

/**
 * Gives the U-Net of a segmentation decoder the weights of a depth decoder, so that segmentation
 * starts from what depth has learnt (docs/method.md, section 2.9). Disparity heads of scales that
 * the depth decoder lacks keep their values; segmentation does not use them.
 *
 * @param depth a depth decoder, or its weights in PyTorch's layout, e.g.
 *   `(await readSafetensors(path)).tensors`
 * @param segmentation a decoder whose U-Net has the same channels, as
 *   {@link jointSegmentationDecoder} makes
 * @param options `source`: where the weights come from, for errors
 * @throws if the U-Nets differ in keys or shapes; nothing is changed then
 */
export function copyUnet(
  depth: HasStateDict | ReadonlyMap<string, StoredTensor>,
  segmentation: HasStateDict,
  { source = 'copyUnet' }: { source?: string } = {},
): void {
  const keys = 'stateDict' in depth ? depth.stateDict : depth;
  const given = new Set([...keys.keys()].map((key) => UNET + key));
  const own = [...segmentation.stateDict].filter(([key]) => key.startsWith(UNET));
  if (own.length === 0) {
    throw new Error(
      `${source}: the segmentation decoder has no U-Net named "${UNET}" that could start from depth. ` +
        'Use jointSegmentationDecoder, or name the parts of your own decoder so.',
    );
  }
  const wanted = own.filter(([key]) => given.has(key) || !isDisparityHead(key.slice(UNET.length)));
  const unet = { stateDict: new Map(wanted) };
  if ('stateDict' in depth) copyWeights(depth, unet, { into: UNET });
  else loadStateDict(unet, new Map(depth), { into: UNET, source });
}
