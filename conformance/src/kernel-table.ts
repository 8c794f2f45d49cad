import { LEFT_OUT } from './left-out.ts';
import type { Score } from './score.ts';

const START = '<!-- Written by `npm run test:conformance -- --update`; do not edit. -->';
const END = '<!-- End of the table of kernels. -->';

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

/** Markdown: what each target passes in all, then kernel by kernel. */
function table(scores: Readonly<Record<string, Score>>): string {
  const targets = Object.keys(scores);
  const kernels = [...new Set(targets.flatMap((target) => Object.keys(scores[target].kernels)))].sort();
  const cell = (target: string, kernel: string) => {
    const [passed, failed] = scores[target].kernels[kernel] ?? [0, 0];
    return failed > 0 ? `${passed}, ${failed} fail` : String(passed || '-');
  };
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const missing = LEFT_OUT.filter(({ kernels }) => kernels).map(
    ({ kernels, reason }) => `- ${reason}: ${kernels!.map((kernel) => `\`${kernel}\``).join(', ')}`,
  );
  return [
    ...targets.map(
      (target) => `\`${target}\` passes ${sum(Object.values(scores[target].files))} of TensorFlow.js's own tests.`,
    ),
    '',
    `<details><summary>${kernels.length} compiled kernels, and how many of the tests that call each pass</summary>`,
    '',
    row(['kernel', ...targets.map((target) => `\`${target}\``)]),
    row(['---', ...targets.map(() => '---')]),
    ...kernels.map((kernel) => row([`\`${kernel}\``, ...targets.map((target) => cell(target, kernel))])),
    '',
    '</details>',
    '',
    'Without compiled form are kernels for',
    '',
    ...missing,
  ].join('\n');
}

/**
 * `page` with the table between its two markers replaced.
 *
 * @throws if the markers are missing
 */
export function withKernelTable(page: string, scores: Readonly<Record<string, Score>>): string {
  const [start, end] = [page.indexOf(START), page.indexOf(END)];
  if (start < 0 || end < start)
    throw new Error(`conformance: the page has no place for the table; put the lines\n${START}\n${END}\ninto it`);
  return `${page.slice(0, start)}${START}\n\n${table(scores)}\n\n${page.slice(end)}`;
}
