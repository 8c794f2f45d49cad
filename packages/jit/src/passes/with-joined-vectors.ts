import type { Graph, Node, Value } from '../graph.ts';
import { everyId } from './every-id.ts';

const ELEMENTWISE = new Set([
  ...['Add', 'Sub', 'Multiply', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference'],
  ...['Neg', 'Reciprocal', 'Rsqrt', 'Sqrt', 'Square'],
]);

/** Operations on vectors of one length, each of which reads the results of others among them. */
interface Chain {
  nodes: Node[];
  /** The vectors that come from elsewhere, in the order in which they are read. */
  sources: Value[];
  /** What the graph assigns of what they make. */
  assigned: Value[];
  length: number;
  /** Equal for chains that compute the same. */
  form: string;
}

const sizeOf = ({ shape }: Value) => shape.reduce((a, b) => a * b, 1);

/**
 * Computes vectors that are only assigned, such as the running statistics of normalisations, end to
 * end: a network has hundreds, and a graphics card takes longer to be told of one than to compute
 * it.
 */
export function withJoinedVectors(graph: Graph): Graph {
  const next = new Set(graph.states.flatMap(({ next }) => (next ? [next.id] : [])));
  const late = lateNodes(graph, next);
  const byForm = new Map<string, Chain[]>();
  for (const chain of chainsOf(late, next)) {
    const alike = byForm.get(chain.form);
    if (alike) alike.push(chain);
    else byForm.set(chain.form, [chain]);
  }
  const groups = [...byForm.values()].filter((chains) => chains.length > 1);
  if (groups.length === 0) return graph;

  let count = Math.max(...everyId(graph)) + 1;
  const vector = (length: number): Value => ({ id: count++, shape: [length], dtype: 'float32' });
  const joined = groups.flatMap((chains): Node[] => {
    const [first] = chains;
    const length = chains.reduce((sum, chain) => sum + chain.length, 0);
    /** What stands for a vector of the first chain: it and its likes of the others. */
    const together = new Map(first.sources.map((source) => [source.id, vector(length)]));
    const joins = first.sources.map((source, i): Node => ({
      kernel: 'Concat',
      inputs: Object.fromEntries(chains.map(({ sources }, j) => [String(j), sources[i]])),
      attrs: { axis: 0 },
      outputs: [together.get(source.id)!],
    }));
    const nodes = first.nodes.map((node): Node => {
      const output = vector(length);
      together.set(node.outputs[0].id, output);
      const inputs = Object.entries(node.inputs).map(([name, value]) => [name, together.get(value.id) ?? value]);
      return { ...node, inputs: Object.fromEntries(inputs) as Node['inputs'], outputs: [output] };
    });
    const parts = first.assigned.map((value, i): Node => ({
      kernel: 'SplitV',
      inputs: { x: together.get(value.id)! },
      attrs: { axis: 0, numOrSizeSplits: chains.map((chain) => chain.length) },
      outputs: chains.map(({ assigned }) => assigned[i]),
    }));
    return [...joins, ...nodes, ...parts];
  });
  const replaced = new Set(groups.flat().flatMap(({ nodes }) => nodes));
  return { ...graph, nodes: [...graph.nodes.filter((node) => !replaced.has(node)), ...joined] };
}

/**
 * Operations on vectors that nothing but others of them and assignments read: they can wait until
 * everything else is done.
 */
function lateNodes({ nodes, outputs }: Graph, next: ReadonlySet<number>): Node[] {
  const results = new Set(outputs.map(({ id }) => id));
  const readers = new Map<number, Node[]>();
  for (const node of nodes)
    for (const { id } of Object.values(node.inputs)) readers.set(id, [...(readers.get(id) ?? []), node]);
  const late = new Set<Node>();
  for (const node of [...nodes].reverse()) {
    const [output] = node.outputs;
    const reading = readers.get(output.id) ?? [];
    const isLate =
      ELEMENTWISE.has(node.kernel) &&
      output.dtype === 'float32' &&
      output.shape.length === 1 &&
      sizeOf(output) > 1 &&
      Object.values(node.inputs).every(
        (input) => sizeOf(input) === 1 || String(input.shape) === String(output.shape),
      ) &&
      !results.has(output.id) &&
      (reading.length > 0 || next.has(output.id)) &&
      reading.every((reader) => late.has(reader));
    if (isLate) late.add(node);
  }
  return nodes.filter((node) => late.has(node));
}

/** The connected parts among late operations, each in the order of the graph. */
function chainsOf(late: readonly Node[], next: ReadonlySet<number>): Chain[] {
  /** The chain of each vector that one of them makes. */
  const chains = new Map<number, Node[]>();
  for (const node of late) {
    const own = [node];
    const before = new Set(Object.values(node.inputs).flatMap(({ id }) => chains.get(id) ?? []));
    const members = late.filter((other) => before.has(other));
    own.unshift(...members);
    for (const { outputs } of own) chains.set(outputs[0].id, own);
  }
  return [...new Set(chains.values())].map((nodes) => {
    const made = new Map(nodes.map(({ outputs }, i) => [outputs[0].id, i]));
    const sources: Value[] = [];
    const sourceIndex = (value: Value) => {
      const known = sources.findIndex(({ id }) => id === value.id);
      return known < 0 ? sources.push(value) - 1 : known;
    };
    const operand = (value: Value) => {
      if (made.has(value.id)) return `made ${made.get(value.id)}`;
      return sizeOf(value) === 1 ? `number ${value.id}` : `source ${sourceIndex(value)}`;
    };
    const form = nodes.map(({ kernel, inputs, attrs, outputs: [output] }) => {
      const operands = Object.entries(inputs).map(([name, value]) => `${name}: ${operand(value)}`);
      return `${kernel}(${operands.join()}) ${JSON.stringify(attrs ?? null)} ${next.has(output.id)}`;
    });
    const assigned = nodes.map(({ outputs: [output] }) => output).filter(({ id }) => next.has(id));
    return { nodes, sources, assigned, length: sizeOf(nodes[0].outputs[0]), form: form.join('\n') };
  });
}
