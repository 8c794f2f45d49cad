import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import { add, addN, exp, mul, ready, sum, tensor1d, variable } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { trace } from '../trace.ts';
import { SAVED_MODEL } from './saved-model-schema.ts';
import { writeGraph } from './write-graph.ts';

interface NodeDef {
  name: string;
  op: string;
  input?: string[];
}

/** The graph that TensorFlow is given for `fn`, in the order in which it is written. */
async function nodesOf(fn: (x: Tensor) => Tensor): Promise<NodeDef[]> {
  await ready();
  const graph = trace([{ shape: [3], dtype: 'float32' }], ([x]) => [fn(x)]);
  const { model } = writeGraph(graph, { onGpu: false });
  const { metaGraphs } = SAVED_MODEL.toObject(SAVED_MODEL.decode(model)) as {
    metaGraphs: { graphDef: { node: NodeDef[] } }[];
  };
  return metaGraphs[0].graphDef.node;
}

/** Names of all that must have run before a node. */
function before(node: NodeDef, nodes: Map<string, NodeDef>, found = new Set<string>()): Set<string> {
  for (const input of node.input ?? []) {
    const name = input.replace(/^\^/, '').replace(/:.*/, '');
    if (found.has(name)) continue;
    found.add(name);
    before(nodes.get(name)!, nodes, found);
  }
  return found;
}

const COUNT = 300;
/** Exponentials that do not need each other. */
const apart = (x: Tensor) => addN(Array.from({ length: COUNT }, (_, i) => exp(mul(x, i))));

test('operations of a function that assigns run nearly in their order', async () => {
  const weight = variable(tensor1d([1, 2, 3]));
  const nodes = await nodesOf((x) => {
    weight.assign(add(weight, apart(x)) as Tensor1D);
    return sum(weight);
  });
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const exponentials = nodes.filter(({ op }) => op === 'Exp');
  expect(exponentials).toHaveLength(COUNT);
  exponentials.forEach((node, i) => {
    const earlier = before(node, byName);
    for (const { name } of exponentials.slice(0, Math.max(0, i - 130))) expect(earlier).toContain(name);
  });
});

test('operations of a function that assigns nothing wait for their operands alone', async () => {
  const nodes = await nodesOf(apart);
  const exponentials = nodes.filter(({ op }) => op === 'Exp');
  expect(exponentials).toHaveLength(COUNT);
  for (const { input } of exponentials) expect(input).toHaveLength(1);
});
