import type { OnnxBuilder, OnnxNode } from './builder.ts';
import { VIEWS } from './views.ts';

/** The names under which a variable's value goes in and its next value comes out. */
export interface StateNames {
  input: string;
  output: string | undefined;
}

interface Update {
  input: string;
  output: string;
  /** The node that makes the next value. */
  writer: number;
  /** The nodes that look at the present value. */
  readers: number[];
}

/**
 * Operators of one or two operands that read element i of an operand of the result's size only to
 * make element i.
 */
const ELEMENTWISE = new Set(['Abs', 'Add', 'Div', 'Exp', 'Log', 'Mul', 'Neg', 'Reciprocal', 'Sqrt', 'Sub', 'Tanh']);

/** Of two nodes this near each other the order does not matter. */
const SOON = 8;

const inputsOf = ({ input }: OnnxNode): string[] => (input ?? []).filter((name) => name !== '');

/**
 * Edges between nodes, by their places in a list in which every node stands behind those whose
 * results it takes.
 */
function edges(nodes: readonly OnnxNode[]) {
  const maker = new Map<string, number>();
  const readers = new Map<string, number[]>();
  const before = nodes.map((node, i) => {
    const inputs = inputsOf(node);
    for (const name of inputs) {
      const list = readers.get(name);
      if (list) list.push(i);
      else readers.set(name, [i]);
    }
    const makers = inputs.flatMap((name) => maker.get(name) ?? []);
    for (const name of node.output!) maker.set(name, i);
    return makers;
  });
  /** The nodes that look at the memory of `name`, through views of it too. */
  const readersOf = (name: string): number[] =>
    (readers.get(name) ?? []).flatMap((i) => {
      // A sequence is never looked at, see runInPlace.
      if (nodes[i].opType === 'SequenceConstruct') return [];
      return VIEWS.has(nodes[i].opType!) ? [i, ...nodes[i].output!.flatMap(readersOf)] : [i];
    });
  return { maker, before, readersOf };
}

/** `nodes` and all that they depend on. */
function withAncestors(nodes: readonly number[], before: readonly number[][]): Set<number> {
  const found = new Set(nodes);
  const stack = [...nodes];
  while (stack.length > 0) {
    for (const node of before[stack.pop()!]) {
      if (found.has(node)) continue;
      found.add(node);
      stack.push(node);
    }
  }
  return found;
}

/** `nodes` and all that depends on them. */
function withDescendants(nodes: readonly number[], before: readonly number[][]): Set<number> {
  const found = new Set(nodes);
  before.forEach((makers, node) => {
    if (makers.some((maker) => found.has(maker))) found.add(node);
  });
  return found;
}

/** Tells for each of `asked` in one pass whether a node depends on it. */
function ancestry(asked: readonly number[], before: readonly number[][]): (node: number, ancestor: number) => boolean {
  const bit = new Map(asked.map((node, i) => [node, i]));
  const words = Math.ceil(bit.size / 32);
  const known = new Uint32Array(words * before.length);
  before.forEach((makers, node) => {
    const at = node * words;
    for (const maker of makers) {
      for (let word = 0; word < words; word++) known[at + word] |= known[maker * words + word];
      const own = bit.get(maker);
      if (own !== undefined) known[at + (own >> 5)] |= 1 << (own & 31);
    }
  });
  return (node, ancestor) => {
    const own = bit.get(ancestor)!;
    return (known[node * words + (own >> 5)] & (1 << (own & 31))) !== 0;
  };
}

function updatesOf(states: readonly StateNames[], { maker, readersOf }: ReturnType<typeof edges>): Update[] {
  return states.flatMap(({ input, output }) => {
    const writer = output === undefined ? undefined : maker.get(output);
    return writer === undefined ? [] : [{ input, output: output!, writer, readers: [...new Set(readersOf(input))] }];
  });
}

const allReaders = (updates: readonly Update[]): number[] => [...new Set(updates.flatMap(({ readers }) => readers))];

/** Names of single numbers: constants, inputs, and what is computed from such alone. */
function singleNumbers(onnx: OnnxBuilder): Set<string> {
  const single = new Set<string>(onnx.singleNumbers());
  for (const node of onnx.nodes) {
    const isView = VIEWS.has(node.opType!);
    // A view's other inputs say its shape.
    const operands = isView ? inputsOf(node).slice(0, 1) : inputsOf(node);
    if ((isView || ELEMENTWISE.has(node.opType!)) && operands.every((name) => single.has(name)))
      single.add(node.output![0]);
  }
  return single;
}

/**
 * Makes the updates wait for everything that reads present values and for the results, see {@link
 * statesInPlace}.
 */
function holdUpdates(onnx: OnnxBuilder, states: readonly StateNames[], outputs: readonly string[]): void {
  const graph = edges(onnx.nodes);
  const { maker, before } = graph;
  const updates = updatesOf(states, graph);
  const dependsOn = ancestry(allReaders(updates), before);
  const written = withDescendants(
    updates.map(({ writer }) => writer),
    before,
  );
  const results = outputs.map((name) => maker.get(name)!).filter((node) => !written.has(node));
  const late = updates.flatMap(({ readers, writer }) =>
    readers.filter((reader) => reader !== writer && !dependsOn(writer, reader)),
  );
  const awaited = new Set([...late, ...results]);
  if (awaited.size === 0) return;

  const past = withAncestors([...awaited], before);
  const single = singleNumbers(onnx);
  /**
   * The node nearest to the writer that takes a single number along with others and that nothing
   * awaited depends on.
   */
  const heldNode = (writer: number): number | undefined => {
    const seen = new Set([writer]);
    for (const candidate of seen) {
      if (past.has(candidate)) continue;
      const { opType, input } = onnx.nodes[candidate];
      const numbers = input!.filter((name) => single.has(name)).length;
      if (ELEMENTWISE.has(opType!) && numbers === 1 && input!.length === 2) return candidate;
      for (const maker of before[candidate]) seen.add(maker);
    }
    return undefined;
  };
  const held = new Set(updates.flatMap(({ writer }) => heldNode(writer) ?? []));

  const updating = withDescendants([...held], before);
  const updatingNodes = new Set(onnx.nodes.filter((_, i) => updating.has(i)));
  const firstUse = new Map<number, number>();
  before.forEach((makers, node) => {
    if (!updating.has(node)) for (const maker of makers) if (!firstUse.has(maker)) firstUse.set(maker, node);
  });
  const isNeededSoon = (i: number) => (firstUse.get(i) ?? Infinity) <= i + SOON;
  // A chain of numbers that exist only when what they are the sizes of does. It also makes the
  // runtime, which would go from the results backwards, take the nodes in the order of the
  // function, so that what a part of it needed is free before the next part begins: of a node's
  // inputs it follows first the one made last, so all sizes stand before all sums.
  const sizes = onnx.nodes
    .filter(
      ({ opType }, i) => !updating.has(i) && opType !== 'SequenceConstruct' && (awaited.has(i) || !isNeededSoon(i)),
    )
    .map(({ output }) => onnx.op('Size', [output![0]]));
  const reached = sizes.reduce((sum, size) => onnx.op('Add', [sum, size]));
  const condition = onnx.op('Equal', [reached, reached]);
  const wait = (name: string) => (single.has(name) ? onnx.op('Where', [condition, name, name]) : name);
  for (const i of held) onnx.nodes[i].input = onnx.nodes[i].input!.map(wait);
  onnx.moveToEnd(updatingNodes);
}

/**
 * Lets next values of variables be written where their present values are: half the memory for
 * weights and optimiser state.
 *
 * That is safe if everything that reads the present value has run before the next one is written.
 * For most variables nothing in the graph says so: a weight's gradient does not depend on the
 * convolution that takes gradients past it. Such a dependency is added: a single number in the
 * update (a learning rate, a decay) goes through a `Where` whose condition comes after the last
 * readers, and after the results, so that nothing is written before they are known. Its two
 * branches are the same number.
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
  holdUpdates(onnx, states, outputs);
  const graph = edges(onnx.nodes);
  const updates = updatesOf(states, graph);
  const dependsOn = ancestry(allReaders(updates), graph.before);
  const readsItsOwnElement = ({ input, writer }: Update): boolean => {
    const { opType, input: operands } = onnx.nodes[writer];
    return ELEMENTWISE.has(opType!) && operands!.includes(input);
  };
  const fine = updates.filter((update) =>
    update.readers.every((reader) =>
      reader === update.writer ? readsItsOwnElement(update) : dependsOn(update.writer, reader),
    ),
  );
  return new Set(fine.map(({ output }) => output));
}
