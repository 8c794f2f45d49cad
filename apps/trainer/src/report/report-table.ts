import type { Report } from '../stages/report.ts';

const percent = (share: number | null | undefined) =>
  share === null || share === undefined ? '-' : (share * 100).toFixed(1);

/** Columns as wide as their widest cell, the first to the left, the others to the right. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}

/** What a run found, for the terminal: IoU of each variant in percent, depth errors, seconds of each stage. */
export function reportTable({ results, depth, seconds, peakRssMb }: Report): string {
  const variants = Object.keys(results);
  const classes = Object.keys(results[variants[0]].classes);
  const scores = aligned([
    ['IoU in %', ...variants],
    ['labelled frames', ...variants.map((name) => String(results[name].labels))],
    ['mean', ...variants.map((name) => percent(results[name].mIoU))],
    ...classes.map((label) => [label, ...variants.map((name) => percent(results[name].classes[label]))]),
  ]);
  const depths = depth
    ? aligned([
        ['depth', ''],
        ...(depth.absRel === undefined ? [] : [['abs-rel', depth.absRel.toFixed(3)]]),
        ...(depth.meanMapAbsRel === undefined
          ? []
          : [['abs-rel of the mean disparity map', depth.meanMapAbsRel.toFixed(3)]]),
        ['photometric error, warped / unwarped', depth.photometricRatio.toFixed(3)],
      ])
    : '';
  const total = Object.values(seconds).reduce((sum, value) => sum + value, 0);
  const times = aligned([
    ['seconds', ''],
    ...Object.entries(seconds).map(([stage, value]) => [stage, value.toFixed(1)]),
    ['total', total.toFixed(1)],
  ]);
  return [scores, depths, times, `peak memory ${peakRssMb} MB`].filter((part) => part !== '').join('\n\n');
}
