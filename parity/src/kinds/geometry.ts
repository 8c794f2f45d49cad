import {
  backproject,
  disparityToDepth,
  gridSample,
  poseMatrix,
  projectPixels,
  rotationFromAxisAngle,
} from '@segsde/ops';
import { add, mul, reciprocal, squeeze, sum, zerosLike } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Adapter, Outputs } from '../context.ts';
import { evaluate } from '../evaluate.ts';
import { caseOptions, readOptions } from '../read-options.ts';
import { homogeneousMatrix, homogeneousPoints, normalizedGrid, rotationBlock } from '../reference-geometry.ts';
import { imageTensor, plainTensor, vectorTensor } from '../tensors.ts';
import { withGradients } from '../with-gradients.ts';

const schema = caseOptions({ min_depth: z.number().positive(), max_depth: z.number().positive() });

interface Inputs {
  disparity: Tensor4D;
  axisAngle: Tensor2D;
  translation: Tensor2D;
  image: Tensor4D;
  K: Tensor3D;
  inverseK: Tensor3D;
  warpedWeights: Tensor4D;
  axisAngleSet: Tensor2D;
  translationSet: Tensor2D;
  setWeights: Tensor3D;
}

/** Disparity to depth, poses, projection and sampling, with the gradients of the warped image. */
export const geometry: Adapter = async (context) => {
  const { min_depth: minDepth, max_depth: maxDepth } = readOptions(context.case, schema);
  const image = context.input('image');
  const rotations = context.input('axisangle_set').shape[0];
  const inputs: Inputs = {
    disparity: imageTensor(context.input('disp')),
    axisAngle: vectorTensor(context.input('axisangle')),
    translation: vectorTensor(context.input('translation')),
    image: imageTensor(image),
    K: plainTensor(context.input('K')),
    inverseK: plainTensor(context.input('inv_K')),
    warpedWeights: imageTensor(context.gradientWeights('warped', image.shape)),
    axisAngleSet: vectorTensor(context.input('axisangle_set')),
    translationSet: vectorTensor(context.input('translation_set')),
    setWeights: plainTensor(context.gradientWeights('set.T', [rotations, 4, 4])),
  };
  const toDepth = (disparity: Tensor) => disparityToDepth(disparity as Tensor4D, { minDepth, maxDepth });

  const outputs: Outputs = await evaluate(
    context,
    ({ disparity, axisAngle, inverseK }: Inputs) => {
      const depth = toDepth(disparity);
      return {
        images: { depth, scaled_disp: reciprocal(depth) },
        plain: {
          R: homogeneousMatrix(rotationFromAxisAngle(axisAngle)),
          cam_points: homogeneousPoints(backproject(squeeze(depth, [3]), rotationBlock(inverseK))),
        },
      };
    },
    inputs,
  );
  for (const [name, invert] of [
    ['fwd', false],
    ['inv', true],
  ] as const) {
    Object.assign(outputs, await evaluate(context, (given: Inputs) => warp(given, toDepth, name, invert), inputs));
    Object.assign(outputs, await evaluate(context, (given: Inputs) => poses(given, name, invert), inputs));
  }
  return outputs;
};

function warp(inputs: Inputs, toDepth: (disparity: Tensor) => Tensor4D, name: string, invert: boolean) {
  const { disparity, axisAngle, translation, image, K, inverseK, warpedWeights } = inputs;
  const { outputs, gradients } = withGradients(
    [disparity, zerosLike(disparity), axisAngle, translation, image],
    (disp, depthOffset, angles, shift, source) => {
      const pose = poseMatrix(angles as Tensor2D, shift as Tensor2D, { invert });
      const { x, y } = projectPixels(squeeze(add(toDepth(disp), depthOffset), [3]), {
        intrinsics: rotationBlock(K),
        inverseIntrinsics: rotationBlock(inverseK),
        pose,
      });
      const warped = gridSample(source as Tensor4D, x, y);
      return { scalar: sum<Scalar>(mul(warped, warpedWeights)), pose, grid: normalizedGrid(x, y), warped };
    },
  );
  const [gradDisparity, gradDepth, gradAngles, gradShift, gradImage] = gradients;
  return {
    images: {
      [`warped.${name}`]: outputs.warped,
      [`grad.${name}.depth`]: gradDepth,
      [`grad.${name}.disp`]: gradDisparity,
      [`grad.${name}.image`]: gradImage,
    },
    plain: {
      [`T.${name}`]: outputs.pose,
      [`pix_coords.${name}`]: outputs.grid,
      [`loss.${name}`]: outputs.scalar,
      [`grad.${name}.axisangle`]: gradAngles,
      [`grad.${name}.translation`]: gradShift,
    },
  };
}

function poses({ axisAngleSet, translationSet, setWeights }: Inputs, name: string, invert: boolean) {
  const { outputs, gradients } = withGradients([axisAngleSet, translationSet], (angles, shift) => {
    const pose = poseMatrix(angles as Tensor2D, shift as Tensor2D, { invert });
    return { scalar: sum<Scalar>(mul(pose, setWeights)), pose };
  });
  return {
    plain: {
      [`set.T.${name}`]: outputs.pose,
      [`set.grad.${name}.axisangle`]: gradients[0],
      [`set.grad.${name}.translation`]: gradients[1],
    },
  };
}
