import type { Model } from './model.ts';

/**
 * Leaves out nodes that pass a value on unchanged, and nodes and initializers that no output
 * depends on.
 */
export function withoutIdleParts(model: Model): Model {
  const same = new Map<string, string>();
  const resolve = (name: string): string => same.get(name) ?? name;
  const working = model.nodes.flatMap((node) => {
    const inputs = node.inputs.map(resolve);
    if (node.opType !== 'Identity') return [{ ...node, inputs }];
    same.set(node.outputs[0], inputs[0]);
    return [];
  });
  const outputs = model.outputs.map((port) => ({ ...port, value: resolve(port.value) }));

  const needed = new Set(outputs.map(({ value }) => value));
  const nodes = working.reverse().filter((node) => {
    const used = node.outputs.some((output) => needed.has(output));
    if (used) node.inputs.forEach((input) => needed.add(input));
    return used;
  });
  const initializers = new Map([...model.initializers].filter(([name]) => needed.has(name)));
  return { ...model, outputs, initializers, nodes: nodes.reverse() };
}
