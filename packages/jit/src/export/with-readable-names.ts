import type { Initializer, Model, ModelNode } from './model.ts';
import { scopeOf } from './shared-scope.ts';

/**
 * Names everything after what a reader knows: inputs and outputs as the user calls them,
 * initializers after their variables, and each operation after the scope of the variables that it
 * uses or, without any, of its input's operation.
 *
 * @throws if an output has an input's name
 */
export function withReadableNames(model: Model): Model {
  const taken = new Set<string>();
  const unique = (wanted: string): string => {
    let name = wanted;
    for (let i = 1; taken.has(name); i++) name = `${wanted}_${i}`;
    taken.add(name);
    return name;
  };
  const names = new Map<string, string>();
  for (const { name, value } of [...model.inputs, ...model.outputs.map(({ name }) => ({ name, value: undefined }))]) {
    if (taken.has(name))
      throw new Error(`exportOnnx: "${name}" is the name of an input and of a result; name one differently`);
    taken.add(name);
    if (value !== undefined) names.set(value, name);
  }
  const computed = new Set(model.nodes.flatMap(({ outputs }) => outputs));
  for (const { name, value } of model.outputs) if (computed.has(value) && !names.has(value)) names.set(value, name);

  const initializers = new Map<string, Initializer>();
  for (const [value, initializer] of model.initializers) {
    names.set(value, unique(initializer.origin ?? 'constant'));
    initializers.set(names.get(value)!, initializer);
  }
  const scopes = new Map<string, string>();
  const nodes: ModelNode[] = model.nodes.map((node) => {
    const origin = node.inputs
      .map((input) => model.initializers.get(input)?.origin)
      .find((known) => known !== undefined);
    const scope =
      origin === undefined ? (scopes.get(node.inputs.find((input) => scopes.has(input)) ?? '') ?? '') : scopeOf(origin);
    const name = unique(`${scope}${node.opType}`);
    node.outputs.forEach((output, i) => {
      scopes.set(output, scope);
      if (!names.has(output)) names.set(output, i === 0 ? name : unique(`${name}.${i}`));
    });
    return { ...node, name };
  });
  const rename = (value: string) => names.get(value) ?? value;
  const renamed = nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
  }));
  // An input or a constant that is a result as well, and a result under two names.
  const copies = model.outputs
    .filter(({ name, value }) => rename(value) !== name)
    .map(({ name, value }) => ({
      ...{ opType: 'Identity', domain: '', kernel: 'Identity', attributes: [] },
      name: unique('Identity'),
      inputs: [rename(value)],
      outputs: [name],
    }));
  return {
    inputs: model.inputs.map((port) => ({ ...port, value: port.name })),
    outputs: model.outputs.map((port) => ({ ...port, value: port.name })),
    initializers,
    nodes: [...renamed, ...copies],
  };
}
