import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { globalMean } from './layers/global-mean.ts';
import { resizeTo } from './layers/resize-to.ts';
import type { Connect, NetworkBuilder } from './network-builder.ts';

export interface AsppOptions {
  /** Dilations of the 3x3 branches. */
  rates: number[];
  /** A branch of the image's mean; in training it needs a batch of at least 2. Default true. */
  pooling?: boolean;
  /** Rate of the dropout behind the block. Default 0.5. */
  dropout?: number;
}

/**
 * Atrous spatial pyramid pooling (Chen et al. 2017; docs/method.md, section 2.2). Its noise has the
 * size of the encoder's last map.
 */
export function aspp(
  build: NetworkBuilder,
  { inputChannels, filters, options }: { inputChannels: number; filters: number; options: AsppOptions },
): Connect {
  const { rates, pooling = true, dropout = 0.5 } = options;
  const unit = (key: string, [conv, norm]: [number, number], from: number, rate?: number): Connect => {
    const size = rate === undefined ? { kernelSize: 1 } : { kernelSize: 3, padding: rate, dilation: rate };
    const convolution = build.convolution(`${key}.${conv}`, { inputChannels: from, filters, ...size });
    const batchNorm = build.batchNorm(`${key}.${norm}`, filters);
    const relu = build.activation(`${key}.relu`, 'relu');
    return (x) => relu(batchNorm(convolution(x)));
  };
  const branches = [
    unit('convs.0', [0, 1], inputChannels),
    ...rates.map((rate, i) => unit(`convs.${i + 1}`, [0, 1], inputChannels, rate)),
  ];
  if (pooling) {
    const key = `convs.${rates.length + 1}`;
    const project = unit(key, [1, 2], inputChannels);
    branches.push((x) => {
      const pooled = project(globalMean(x, { name: build.name(`${key}.pool`) }));
      return resizeTo([pooled, x], { scale: 1, name: build.name(`${key}.resize`) });
    });
  }
  const project = unit('project', [0, 1], branches.length * filters);
  const drop = build.dropout({
    ...{ name: 'dropout', rate: dropout, channels: filters },
    shape: (features) => [features[4][0], features[4][1], features[4][2], filters],
  });
  return (x) => {
    const parts = branches.map((branch) => branch(x));
    return drop(project(layers.concatenate({ axis: 3, name: build.name('concat') }).apply(parts) as SymbolicTensor));
  };
}
