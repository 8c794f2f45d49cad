import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import { add, exp, mul, ready, sum, tensor1d, variable } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { trace } from '../trace.ts';
import { SAVED_MODEL } from './saved-model-schema.ts';
import { writeGraph } from './write-graph.ts';

interface NodeDef {
  name: string;
  op: string;
  input?: string[];
}

/** The arithmetic that TensorFlow is given for `fn`, in the order in which it is written. */
async function arithmeticOf(fn: (x: Tensor) => Tensor): Promise<NodeDef[]> {
  await ready();
  const { model } = writeGraph(
    trace([{ shape: [3], dtype: 'float32' }], ([x]) => [fn(x)]),
    { onGpu: false },
  );
  const { metaGraphs } = SAVED_MODEL.decode(model) as unknown as { metaGraphs: { graphDef: { node: NodeDef[] } }[] };
  return metaGraphs[0].graphDef.node.filter(({ op }) => ['Exp', 'AddV2', 'Mul', 'Sum'].includes(op));
}

const apart = (x: Tensor) => [exp(x), add(x, 1), mul(x, 2)].reduce((a, b) => add(a, b));

test('each operation of a function that assigns waits for the one before it', async () => {
  const weight = variable(tensor1d([1, 2, 3]));
  const nodes = await arithmeticOf((x) => {
    weight.assign(add(weight, apart(x)) as Tensor1D);
    return sum(weight);
  });
  expect(nodes.length).toBeGreaterThan(5);
  nodes.slice(1).forEach(({ input }, i) => expect(input).toContain(`^${nodes[i].name}`));
});

test('operations of a function that assigns nothing wait for their operands alone', async () => {
  const nodes = await arithmeticOf(apart);
  expect(nodes).toHaveLength(5);
  for (const { input } of nodes) expect(input!.filter((name) => name.startsWith('^'))).toEqual([]);
});
