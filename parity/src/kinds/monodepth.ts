import { monodepthLossFused, type MonodepthOptions } from '@segsde/losses';
import { disparityToDepth, gridSample, poseMatrix, projectPixels, resizeBilinear } from '@segsde/ops';
import { squeeze, stack, type Tensor, type Tensor2D, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Adapter, Outputs } from '../context.ts';
import { evaluate } from '../evaluate.ts';
import { caseOptions, readOptions } from '../read-options.ts';
import { normalizedGrid, rotationBlock } from '../reference-geometry.ts';
import { imageTensor, plainTensor, vectorTensor } from '../tensors.ts';
import { withGradients } from '../with-gradients.ts';

const schema = caseOptions({
  scales: z.number().int().min(1).max(4),
  min_depth: z.number().positive(),
  max_depth: z.number().positive(),
  smoothness: z.number(),
});

const variants: Record<string, MonodepthOptions> = {
  auto: {},
  noauto: { automask: false },
  avg: { averageReprojection: true },
  avg_noauto: { averageReprojection: true, automask: false },
  nossim: { ssim: false },
};

interface Inputs {
  target: Tensor4D;
  pyramid: Record<string, Tensor4D>;
  sources: Tensor4D[];
  disparities: Tensor4D[];
  axisAngles: Tensor2D[];
  translations: Tensor2D[];
  intrinsics: Tensor3D;
  inverseIntrinsics: Tensor3D;
}

/** Warped frames, and the depth loss with its gradients in each of the reference's variants. */
export const monodepth: Adapter = async (context) => {
  const options = readOptions(context.case, schema);
  const { min_depth: minDepth, max_depth: maxDepth, smoothness } = options;
  const scales = Array.from({ length: options.scales }, (_, scale) => scale);
  const frames = context.case.inputs.flatMap(({ name }) => /^axisangle\.(.+)$/.exec(name)?.[1] ?? []);
  const perFrame = <T>(make: (frame: string) => T) => frames.map(make);
  const image = (name: string) => imageTensor(context.input(name));
  const matrix = (name: string) => rotationBlock(plainTensor(context.input(name)));
  const inputs: Inputs = {
    target: image('color.0.0'),
    pyramid: Object.fromEntries(scales.map((scale) => [scale, image(`color.0.${scale}`)])),
    sources: perFrame((frame) => image(`color.${frame}.0`)),
    disparities: scales.map((scale) => image(`disp.${scale}`)),
    axisAngles: perFrame((frame) => vectorTensor(context.input(`axisangle.${frame}`))),
    translations: perFrame((frame) => vectorTensor(context.input(`translation.${frame}`))),
    intrinsics: matrix('K'),
    inverseIntrinsics: matrix('inv_K'),
  };
  const posesOf = (axisAngles: Tensor[], translations: Tensor[]) =>
    frames.map((frame, i) =>
      poseMatrix(axisAngles[i] as Tensor2D, translations[i] as Tensor2D, { invert: Number(frame) < 0 }),
    );

  const outputs: Outputs = await evaluate(
    context,
    (given: Inputs) => {
      const [, height, width] = given.target.shape;
      const poses = posesOf(given.axisAngles, given.translations);
      const images: Record<string, Tensor> = {};
      const plain: Record<string, Tensor> = {};
      frames.forEach((frame, i) => (plain[`cam_T_cam.${frame}`] = poses[i]));
      for (const scale of scales) {
        const disparity = resizeBilinear(given.disparities[scale], [height, width]);
        const depth = disparityToDepth(disparity, { minDepth, maxDepth });
        images[`depth.${scale}`] = depth;
        frames.forEach((frame, i) => {
          const { x, y } = projectPixels(squeeze(depth, [3]), { ...given, pose: poses[i] });
          plain[`sample.${frame}.${scale}`] = normalizedGrid(x, y);
          images[`warped.${frame}.${scale}`] = gridSample(given.sources[i], x, y);
        });
      }
      return { images, plain };
    },
    inputs,
  );

  for (const [variant, variantOptions] of Object.entries(variants)) {
    const results = await evaluate(
      context,
      (given: Inputs) => {
        const { disparities, axisAngles, translations } = given;
        const split = (xs: Tensor[]) => ({
          disparities: xs.slice(0, scales.length) as Tensor4D[],
          axisAngles: xs.slice(scales.length, scales.length + frames.length),
          translations: xs.slice(scales.length + frames.length),
        });
        const { outputs, gradients } = withGradients([...disparities, ...axisAngles, ...translations], (...xs) => {
          const parts = split(xs);
          const { total, perScale, automask } = monodepthLossFused(
            {
              ...given,
              targetPyramid: given.pyramid,
              disparities: Object.fromEntries(parts.disparities.map((disparity, scale) => [scale, disparity])),
              poses: posesOf(parts.axisAngles, parts.translations),
            },
            { minDepth, maxDepth, smoothness, ...variantOptions },
          );
          const masks = Object.entries(automask).map(([scale, mask]) => [`identity_selection.${scale}`, mask]);
          const loss_per_scale = stack(scales.map((scale) => perScale[scale]));
          return { scalar: total, loss_per_scale, ...(Object.fromEntries(masks) as Record<string, Tensor>) };
        });
        const { scalar, ...rest } = outputs;
        const parts = split(gradients);
        const named = (name: string, tensors: Tensor[], indices: (string | number)[]) =>
          tensors.map((tensor, i) => [`${variant}.grad.${name}.${indices[i]}`, tensor]);
        return {
          images: Object.fromEntries(named('disp', parts.disparities, scales)) as Record<string, Tensor>,
          plain: Object.fromEntries([
            [`${variant}.loss`, scalar],
            ...Object.entries(rest).map(([name, tensor]) => [`${variant}.${name}`, tensor]),
            ...named('axisangle', parts.axisAngles, frames),
            ...named('translation', parts.translations, frames),
          ]) as Record<string, Tensor>,
        };
      },
      inputs,
    );
    Object.assign(outputs, results);
  }
  return outputs;
};
