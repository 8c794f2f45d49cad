import type { Tensor } from '@tensorflow/tfjs-core';
import type { StoredTensor } from '@segsde/models';

/** Tensors under their names as they go into a safetensors file. */
export async function storedTensors(tensors: Record<string, Tensor>): Promise<[string, StoredTensor][]> {
  const entry = async ([name, tensor]: [string, Tensor]): Promise<[string, StoredTensor]> => {
    const { shape } = tensor;
    return tensor.dtype === 'int32'
      ? [name, { dtype: 'I32', shape, data: await tensor.data<'int32'>() }]
      : [name, { dtype: 'F32', shape, data: await tensor.data<'float32'>() }];
  };
  return Promise.all(Object.entries(tensors).map(entry));
}
