import { createRequire } from 'node:module';
import onnxProto from 'onnx-proto';
import type { Model, Port } from './model.ts';

const { onnx } = onnxProto;
const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

const dimension = (size: Port['dims'][number]) =>
  typeof size === 'number' ? { dimValue: size } : size === null ? {} : { dimParam: size };

/**
 * A model as the bytes of an ONNX file.
 *
 * @param label the name of its graph, and words about it that travel along
 */
export function encodeModel(
  { inputs, outputs, initializers, nodes }: Model,
  label: { name: string; metadata?: Readonly<Record<string, string>> },
): Uint8Array {
  const valueInfo = ({ name, type, dims }: Port) => ({
    name,
    ...(type !== undefined && { type: { tensorType: { elemType: type, shape: { dim: dims.map(dimension) } } } }),
  });
  const graph = {
    name: label.name,
    node: nodes.map(({ name, opType, inputs, outputs, attributes }) => ({
      name,
      opType,
      input: [...inputs],
      output: [...outputs],
      attribute: [...attributes],
    })),
    initializer: Array.from(initializers, ([name, { dims, type, data }]) => ({
      name,
      dims: [...dims],
      dataType: type,
      rawData: data,
    })),
    input: inputs.map(valueInfo),
    output: outputs.map(valueInfo),
  };
  const opsetImport = [{ domain: '', version: 17 }];
  const producer = { producerName: '@segsde/jit', producerVersion: version };
  const metadataProps = Object.entries(label.metadata ?? {}).map(([key, value]) => ({ key, value }));
  return onnx.ModelProto.encode({ irVersion: 8, opsetImport, ...producer, graph, metadataProps }).finish();
}
