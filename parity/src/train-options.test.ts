import { describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { dispose, tensor1d, variable, type Variable } from '@tensorflow/tfjs-core';
import { createOptimizer, rateTensors } from './optimizer.ts';
import { mixOptions, trainOptions } from './train-options.ts';

const sgd = { name: 'sgd', lr: 0.01 };
const read = (options: object, { info = {}, kind = 'train_supervised' } = {}) =>
  trainOptions({ name: 'own', kind, options: { optimizer: sgd, ...options }, info });
const optimizerOf = (optimizer: object, lr_schedule: object | null = null) => {
  const { optimizer: read_, schedule } = read({ optimizer, lr_schedule });
  return { optimizer: read_, schedule };
};
const oneNumber = (value: number) => variable(tensor1d([value]));

/** Values of a variable after each of some steps with these gradients. */
function course(options: object, gradients: number[], start = 1): number[] {
  const { optimizer, schedule } = optimizerOf(options);
  const theta = oneNumber(start);
  const { apply, rates } = createOptimizer({ encoder: [theta] }, optimizer, schedule);
  return gradients.map((gradient, step) => {
    apply({ [theta.name]: tensor1d([gradient]) }, rateTensors(rates(step)));
    return theta.dataSync()[0];
  });
}
const close = (actual: number[], expected: number[]) =>
  expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, 6));

describe('optimizer', () => {
  const gradients = [0.5, -0.2, 0.3];

  test.each([
    { lr: 0.1 },
    { lr: 0.1, momentum: 0.9 },
    { lr: 0.05, momentum: 0.5, weight_decay: 0.2 },
    { lr: 0.05, weight_decay: 0.01 },
  ])('sgd %o', ({ lr, momentum = 0, weight_decay = 0 }: { lr: number; momentum?: number; weight_decay?: number }) => {
    let [theta, velocity] = [1, 0];
    const expected = gradients.map((gradient) => {
      velocity = momentum * velocity + gradient + weight_decay * theta;
      return (theta -= lr * velocity);
    });
    close(course({ name: 'sgd', lr, momentum, weight_decay }, gradients), expected);
  });

  test.each([
    { lr: 0.1 },
    { lr: 0.1, betas: [0.8, 0.9], eps: 1e-3 },
    { lr: 0.1, betas: [0.5, 0.99], weight_decay: 0.3 },
  ])('adam %o', (options: { lr: number; betas?: number[]; eps?: number; weight_decay?: number }) => {
    const { lr, betas: [beta1, beta2] = [0.9, 0.999], eps = 1e-8, weight_decay = 0 } = options;
    let [theta, m, v] = [1, 0, 0];
    const expected = gradients.map((gradient, i) => {
      const g = gradient + weight_decay * theta;
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g * g;
      const step = m / (1 - beta1 ** (i + 1)) / (Math.sqrt(v / (1 - beta2 ** (i + 1))) + eps);
      return (theta -= lr * step);
    });
    close(course({ name: 'adam', ...options }, gradients), expected);
  });

  test('each network has the rate that is given for it, the rest has lr, in the order of the reference', () => {
    const parts: Record<'encoder' | 'pose_encoder' | 'pose' | 'depth' | 'segmentation', Variable[]> = {
      ...{ encoder: [oneNumber(0)], pose_encoder: [oneNumber(0)], pose: [oneNumber(0)] },
      ...{ depth: [oneNumber(0)], segmentation: [oneNumber(0)] },
    };
    const rates = { backbone_lr: 0.1, pose_lr: 0.2, depth_lr: 0.3, segmentation_lr: 0.4 };
    const { optimizer, schedule } = optimizerOf({ ...sgd, ...rates });
    const all = createOptimizer(parts, optimizer, schedule);
    expect(all.rates(0).map(({ name, rate }) => [name, rate])).toEqual(Object.entries(rates));
    const some = createOptimizer(parts, optimizerOf({ ...sgd, lr: 0.5, pose_lr: 0.2 }).optimizer, schedule);
    expect(some.rates(7)).toEqual([
      { name: 'pose_lr', rate: 0.2 },
      { name: 'lr', rate: 0.5 },
    ]);
    const ones = Object.fromEntries(Object.values(parts).map(([theta]) => [theta.name, tensor1d([1])]));
    some.apply(ones, rateTensors(some.rates(0)));
    const moved = Object.values(parts).map(([theta]) => -theta.dataSync()[0]);
    close(moved, [0.5, 0.2, 0.2, 0.5, 0.5]);
    dispose(ones);
  });

  test.each([
    [null, [1, 1, 1, 1, 1]],
    [{ name: 'constant_lr' }, [1, 1, 1, 1, 1]],
    [{ name: 'poly_lr_2', power: 2, max_iter: 4 }, [1, 0.5625, 0.25, 0.0625, 1e-6]],
    [{ name: 'poly_lr_2', max_iter: 2 }, [1, 0.5 ** 0.9, 1e-6, 1e-6, 1e-6]],
    [{ name: 'step_lr', step_size: 2, gamma: 0.5 }, [1, 1, 0.5, 0.5, 0.25]],
    [{ name: 'step_lr', step_size: 3 }, [1, 1, 1, 0.1, 0.1]],
    [{ name: 'multi_step', milestones: [1, 3], gamma: 0.1 }, [1, 0.1, 0.1, 0.01, 0.01]],
  ])('schedule %o', (lr_schedule, factors) => {
    const { optimizer, schedule } = optimizerOf({ ...sgd, lr: 1 }, lr_schedule);
    const { rates } = createOptimizer({ encoder: [oneNumber(0)] }, optimizer, schedule);
    close(
      factors.map((_, step) => rates(step)[0].rate),
      factors,
    );
  });
});

test('an option of the case goes before the resolved ones, those before the defaults', () => {
  const info = {
    model_options: { num_scales: 2, backbone_name: 'resnet50', replace_stride_with_dilation: null },
    training_options: { segmentation_lambda: 3, clip_grad_norm: 5, monodepth_loss: { min_depth: 0.2, no_ssim: true } },
  };
  const options = read({ segmentation_lambda: 2, frame_ids: [0, 1, 2], freeze_backbone_bn: true }, { info });
  expect(options).toMatchObject({
    ...{ segmentationWeight: 2, scales: 2, backbone: 50, clipNorm: 5, neighbours: [1, 2], classes: 19, steps: 1 },
    ...{ encoderBatchNormFrozen: true, dilation: undefined, schedule: { name: 'constant_lr' } },
    monodepth: { minDepth: 0.2, ssim: false, automask: true },
  });
});

test.each([
  [{ pose_model_input: 'all' }, 'pose_model_input'],
  [{ backbone_name: 'resnet34' }, 'backbone_name'],
  [{ frame_ids: [1, 0, -1] }, 'frame_ids.0'],
  [{ frame_ids: [0, 's'] }, 'frame_ids.1'],
  [{ amp: true }, 'amp'],
  [{ pseudo_depth_lambda: 1 }, 'pseudo_depth_lambda'],
  [{ feat_dist_lambda: 0.1 }, 'feat_dist_lambda'],
  [{ disable_depth_grad_clip: true }, 'disable_depth_grad_clip'],
  [{ segmentation_loss: { name: 'focal' } }, 'segmentation_loss.name'],
  [{ depth_args: { use_skips: false } }, 'depth_args.use_skips'],
  [{ depth_args: { colour: 1 } }, 'depth_args.colour'],
  [{ segmentation_args: { side_output: true } }, 'segmentation_args.side_output'],
  [{ monodepth_loss: { predictive_mask: true } }, 'monodepth_loss.predictive_mask'],
  [{ optimizer: { name: 'lamb', lr: 1 } }, 'optimizer.name'],
  [{ optimizer: { ...sgd, nesterov: true } }, 'optimizer.nesterov'],
  [{ optimizer: { name: 'adam', lr: 1, momentum: 0.9 } }, 'optimizer.momentum'],
  [{ lr_schedule: { name: 'cosine_annealing' } }, 'lr_schedule.name'],
  [{ lr_schedule: { name: 'poly_lr_2', max_iter: 5, warmup_iters: 2 } }, 'lr_schedule.warmup_iters'],
  [{ mix_mask: 'class' }, 'mix_mask'],
])('%o is refused', (options, name) => {
  expect(() => read(options)).toThrow(`option ${name}`);
});

test('what cannot be mixed by depth is refused', () => {
  const given = { optimizer: sgd, consistency_weight: 2, margin: 0.1, ft: 0.2, is_labeled: [false, true] };
  const mix = (options: object) => mixOptions({ name: 'own', options: { ...given, ...options } });
  expect(mix({})).toEqual({ consistencyWeight: 2, margin: 0.1, foregroundThreshold: 0.2, isLabelled: [false, true] });
  expect(() => mix({ ft: [0.1, 0.4] })).toThrow('option ft');
  expect(() => mix({ backward_first_pseudo_label: true })).toThrow('option backward_first_pseudo_label');
  expect(() => mix({ depthmix_online_depth: true })).toThrow('option depthmix_online_depth');
});
