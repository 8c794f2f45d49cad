import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { depthDecoder, jointSegmentationDecoder, resnetEncoder } from '@segsde/models';
import {
  backbone,
  depthArgs,
  depthDecoderOptions,
  dilation,
  jointSegmentationOptions,
  segmentationArgs,
} from './network-options.ts';

const encoderChannels = [4, 4, 8, 8, 16];
const num_ch_dec = [2, 4, 4, 6, 8];

/** Shapes of a network's parameters and buffers by name, filters `[height, width, in, out]`. */
function shapesOf(network: { stateDict: ReadonlyMap<string, { shape: number[] }>; dispose(): void }) {
  const shapes = new Map([...network.stateDict].map(([key, { shape }]) => [key, shape]));
  network.dispose();
  return shapes;
}
const depthShapes = (args: object, scales = 4) =>
  shapesOf(
    depthDecoder({
      encoderChannels,
      ...depthDecoderOptions(depthArgs.parse({ num_ch_dec, ...args }), scales),
      seed: 1,
    }),
  );
const segmentationShapes = (args: object, classes = 5) =>
  shapesOf(
    jointSegmentationDecoder({
      encoderChannels,
      ...jointSegmentationOptions(depthArgs.parse({ num_ch_dec }), segmentationArgs.parse(args), classes),
      seed: 1,
    }),
  );

test('depth decoders have the layers that depth_args ask for', () => {
  const plain = depthShapes({});
  expect(plain.get('decoder.0.block.0.conv.weight')).toEqual([3, 3, 16, 8]);
  expect(plain.get('decoder.2.block.0.conv.weight')).toEqual([3, 3, 16, 8]);
  expect([...plain.keys()].some((key) => key.includes('running_mean'))).toBe(false);
  expect(depthShapes({ batch_norm: true }).has('decoder.2.block.1.running_mean')).toBe(true);

  const aspp = depthShapes({ intermediate_aspp: true, aspp_rates: [2, 3] });
  expect(aspp.get('decoder.0.project.0.weight')).toEqual([1, 1, 4 * 8, 8]);
  expect(aspp.has('decoder.0.convs.3.1.weight')).toBe(true);
  const unpooled = depthShapes({ intermediate_aspp: true, aspp_rates: [2, 3, 4], aspp_pooling: false });
  expect(unpooled.get('decoder.0.project.0.weight')).toEqual([1, 1, 4 * 8, 8]);
  expect(unpooled.has('decoder.0.convs.4.1.weight')).toBe(false);

  const projected = depthShapes({ n_project_skip_ch: 3 });
  const second = [...projected].filter(([, shape]) => shape.length === 4 && shape[2] === 8 + 3);
  expect(second).toHaveLength(1);
  expect(depthShapes({}, 2).size).toBeLessThan(plain.size);
});

test('segmentation decoders have the head that segmentation_args ask for', () => {
  const wide = segmentationShapes({ head_inter: true, head_inter_channels: 7, layer_out_channels: 6 });
  const has = (shapes: Map<string, number[]>, shape: number[]) =>
    [...shapes.values()].some((other) => String(other) === String(shape));
  expect(has(wide, [3, 3, 6, 7])).toBe(true);
  expect(has(wide, [1, 1, 7, 5])).toBe(true);
  const narrow = segmentationShapes({ head_inter: false, layer_out_channels: 6 }, 3);
  expect(has(narrow, [3, 3, 6, 7])).toBe(false);
  expect([...narrow.values()].some((shape) => String(shape.slice(-2)) === '6,3')).toBe(true);
});

test('backbones and their dilation', () => {
  expect(['resnet18', 'resnet50', 'resnet101'].map((name) => backbone.parse(name))).toEqual([18, 50, 101]);
  expect(backbone.safeParse('resnet34').success).toBe(false);
  expect(dilation.parse(null)).toBeUndefined();
  const encoder = resnetEncoder({
    depth: backbone.parse('resnet50'),
    dilation: dilation.parse([false, false, true]),
    width: 2,
    seed: 1,
  });
  const sizes = encoder.featureShapes([1, 64, 64, 3]).map(([, height]) => height);
  expect(sizes).toEqual([32, 16, 8, 4, 4]);
  encoder.dispose();
});
