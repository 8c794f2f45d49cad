import type { Explanation } from './explanation.ts';

const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MB`;

/** An explanation as text for people: some sentences and a table. */
export function formatExplanation(explanation: Explanation): string {
  const { engine, runtime, block, threads, milliseconds, workingBytes, variables, parts } = explanation;
  const layout = block > 0 ? `convolutions in blocks of ${block} channels` : 'standard operators only';
  const width = Math.max(...parts.map(({ kernel }) => kernel.length), 6);
  const total = parts.reduce((sum, part) => sum + part.milliseconds, 0);
  return [
    `engine ${engine}: ${runtime}, ${threads} thread${threads === 1 ? '' : 's'}, ${layout}`,
    `${milliseconds.toFixed(1)} ms a run, ${megabytes(workingBytes)} for intermediate results`,
    `${variables.count} variables (${megabytes(variables.bytes)}), ${variables.assigned} assigned, ${variables.overwritten} of them overwritten in place`,
    '',
    `${'kernel'.padEnd(width)}  operators       ms   share`,
    ...parts.map(
      (part) =>
        `${part.kernel.padEnd(width)}  ${String(part.operators).padStart(9)}  ${part.milliseconds.toFixed(2).padStart(7)}  ${((100 * part.milliseconds) / total).toFixed(1).padStart(5)}%`,
    ),
  ].join('\n');
}
