import type { OnnxBuilder, OnnxNode } from './builder.ts';

/** The names under which a variable's value goes in and its next value comes out. */
export interface StateNames {
  input: string;
  output: string | undefined;
}

/** Operators whose result may be the very memory of their first input. */
const VIEWS = new Set(['Reshape', 'Identity', 'Squeeze', 'Unsqueeze', 'Flatten']);

/** Operators of one or two operands that read element i of an operand of the result's size only to make element i. */
const ELEMENTWISE = new Set(['Abs', 'Add', 'Div', 'Exp', 'Log', 'Mul', 'Neg', 'Reciprocal', 'Sqrt', 'Sub', 'Tanh']);

const inputsOf = ({ input }: OnnxNode): string[] => (input ?? []).filter((name) => name !== '');

/** Who makes and who reads each value, and which nodes must have run before a node. */
function dependencies(nodes: readonly OnnxNode[]) {
  const maker = new Map<string, number>();
  const readers = new Map<string, number[]>();
  nodes.forEach((node, i) => {
    for (const name of node.output ?? []) maker.set(name, i);
    for (const name of inputsOf(node)) {
      const list = readers.get(name);
      if (list) list.push(i);
      else readers.set(name, [i]);
    }
  });
  const reach = (from: readonly number[], step: (node: number) => readonly number[]): Set<number> => {
    const seen = new Set<number>();
    const stack = [...from];
    while (stack.length > 0) {
      for (const next of step(stack.pop()!)) {
        if (seen.has(next)) continue;
        seen.add(next);
        stack.push(next);
      }
    }
    return seen;
  };
  const before = (node: number) => inputsOf(nodes[node]).flatMap((name) => maker.get(name) ?? []);
  const after = (node: number) => (nodes[node].output ?? []).flatMap((name) => readers.get(name) ?? []);
  /** The nodes that look at the memory of `name`, through views of it too. */
  const readersOf = (name: string): number[] =>
    (readers.get(name) ?? []).flatMap((i) => {
      // A sequence is never looked at, see runInPlace.
      if (nodes[i].opType === 'SequenceConstruct') return [];
      return VIEWS.has(nodes[i].opType!) ? [i, ...nodes[i].output!.flatMap(readersOf)] : [i];
    });
  return {
    maker,
    readersOf,
    ancestors: (...from: number[]) => reach(from, before),
    descendants: (...from: number[]) => reach(from, after),
  };
}

/** Names of single numbers: constants, inputs, and what is computed from such alone. */
function singleNumbers(onnx: OnnxBuilder): Set<string> {
  const single = new Set<string>(onnx.singleNumbers());
  for (const node of onnx.nodes) {
    if (ELEMENTWISE.has(node.opType!) && inputsOf(node).every((name) => single.has(name))) single.add(node.output![0]);
  }
  return single;
}

/**
 * Lets next values of variables be written where their present values are: half the memory for weights and optimiser state.
 *
 * That is safe if everything that reads the present value has run before the next one is written. For most variables nothing in the graph says so: a weight's gradient does
 * not depend on the convolution that takes gradients past it. Such a dependency is added: a single number in the update (a learning rate, a decay) goes through a `Where` whose
 * condition comes from the last readers, and from the results, so that nothing is written before they are known. Its two branches are the same number.
 *
 * Call it when the graph is complete.
 *
 * @param outputs names of results that are not states
 * @returns the states' outputs that may share memory with their inputs
 */
export function statesInPlace(
  onnx: OnnxBuilder,
  states: readonly StateNames[],
  outputs: readonly string[],
): Set<string> {
  const { maker, readersOf, ancestors, descendants } = dependencies(onnx.nodes);
  const updates = states.flatMap(({ input, output }) =>
    output === undefined || !maker.has(output)
      ? []
      : [{ input, output, writer: maker.get(output)!, readers: readersOf(input) }],
  );

  // Whatever has to be over before the first value is written: reading present values, and computing results that do not need the next ones.
  const written = descendants(...updates.map(({ writer }) => writer));
  for (const { writer } of updates) written.add(writer);
  const results = outputs.map((name) => maker.get(name)!).filter((node) => !written.has(node));
  const behind = updates.map((update) => ({ ...update, before: ancestors(update.writer) }));
  const late = behind.flatMap(({ readers, writer, before }) =>
    readers.filter((node) => node !== writer && !before.has(node)),
  );
  const awaited = new Set([...late, ...results]);
  const earlier = ancestors(...awaited);
  const last = [...awaited].filter((node) => !earlier.has(node));

  if (last.length > 0) {
    const single = singleNumbers(onnx);
    let condition: string | undefined;
    const gated = new Map<string, string>();
    const gate = (name: string): string => {
      condition ??= last
        .map((node) => {
          const start = onnx.op('Slice', [
            onnx.op('Reshape', [onnx.nodes[node].output![0], onnx.ints([-1])]),
            onnx.ints([0]),
            onnx.ints([1]),
          ]);
          const number = onnx.op('Reshape', [start, onnx.ints([])]);
          return onnx.op('Equal', [number, number]);
        })
        .reduce((all, one) => onnx.op('And', [all, one]));
      const known = gated.get(name);
      if (known !== undefined) return known;
      const made = onnx.op('Where', [condition, name, name]);
      gated.set(name, made);
      return made;
    };
    const count = onnx.nodes.length;
    for (const { writer, before } of behind) {
      // The gate nearest to the write that nothing awaited depends on.
      const path = [writer, ...[...before].sort((a, b) => b - a)].filter(
        (node) => node < count && !earlier.has(node) && !awaited.has(node),
      );
      const node = path
        .map((i) => onnx.nodes[i])
        .find(
          ({ opType, input }) =>
            ELEMENTWISE.has(opType!) &&
            input!.some((name) => single.has(name)) &&
            !input!.every((name) => single.has(name)),
        );
      if (node) node.input = node.input!.map((name) => (single.has(name) ? gate(name) : name));
    }
    onnx.sortNodes();
  }
  return safe(onnx, updates);
}

/** The updates that the finished graph itself keeps from overwriting what is still to be read. */
function safe(onnx: OnnxBuilder, updates: readonly { input: string; output: string }[]): Set<string> {
  const { maker, readersOf, ancestors } = dependencies(onnx.nodes);
  const fine = updates.filter(({ input, output }) => {
    const writer = maker.get(output)!;
    const before = ancestors(writer);
    const itself = onnx.nodes[writer];
    return readersOf(input).every(
      (node) =>
        before.has(node) || (node === writer && ELEMENTWISE.has(itself.opType!) && itself.input!.includes(input)),
    );
  });
  return new Set(fine.map(({ output }) => output));
}
