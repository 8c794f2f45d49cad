import { concat } from '@tensorflow/tfjs-core';
import { upsampleNearest2x } from '@segsde/ops';
import { defineLayer } from './define-layer.ts';

/**
 * Decoder features, doubled in size if they are narrower than the skip connection, then the skip's
 * channels (docs/method.md, section 2.3, steps 2 and 3).
 */
export const joinSkip = defineLayer({
  className: 'SegsdeJoinSkip',
  call: ([features, skip]) => {
    const upsampled = features.shape[2] < skip.shape[2] ? upsampleNearest2x(features) : features;
    const [, height, width] = skip.shape;
    if (upsampled.shape[1] !== height || upsampled.shape[2] !== width) {
      throw new Error(
        `depth decoder: features of ${features.shape[1]}x${features.shape[2]} pixels do not double to the skip connection's ` +
          `${height}x${width}. Height and width of the input image must be multiples of 32.`,
      );
    }
    return concat([upsampled, skip], 3);
  },
  outputShape: ([features, skip]) => [...skip.slice(0, 3), features[3]! + skip[3]!],
});
