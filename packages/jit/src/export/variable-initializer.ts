import type { Variable } from '@tensorflow/tfjs-core';
import { arrayOfType } from '../array-of-type.ts';
import { ONNX_TYPE } from '../onnx/builder.ts';
import { permutationBetween, permute } from '../onnx/layouts.ts';
import { stateLayout } from '../onnx/lower-graph.ts';
import { transposeArray } from '../onnx/transpose-array.ts';
import type { Initializer } from './model.ts';

/** A variable's newest values; filters lie as ONNX's convolutions want them, OIHW. */
export function variableInitializer(variable: Variable): Initializer {
  const { name, shape, dtype } = variable;
  const values = arrayOfType(variable.dataSync(), dtype);
  const layout = stateLayout({ shape });
  const data = layout === 'logical' ? values : transposeArray(values, shape, permutationBetween('logical', layout));
  return {
    dims: layout === 'logical' ? shape : permute(shape, layout),
    type: ONNX_TYPE[dtype]!,
    data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    origin: name,
  };
}
