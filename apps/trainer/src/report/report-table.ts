import type { Report } from './report.ts';
import { table } from './table.ts';

const percent = (share: number | null | undefined) =>
  share === null || share === undefined ? '-' : (share * 100).toFixed(1);

const aligned = (rows: string[][]) => table(rows, { numbers: true });

/**
 * What a run found, for the terminal: IoU of each variant in percent, depth errors, seconds of each
 * stage.
 */
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
