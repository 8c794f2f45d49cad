import { join } from 'node:path';
import type { Engine } from '@segsde/jit';
import { writeJson } from '../files/json-file.ts';
import { makeFolder } from '../files/write-atomically.ts';
import type { Report } from '../report/report.ts';
import { defineStage, type Stage } from '../run/stage.ts';
import type { DepthResult } from './depth.ts';
import type { DisparityResult } from './disparity.ts';
import { drawPanels } from './draw-panels.ts';
import type { EvaluationResult } from './evaluation.ts';
import type { ScenesResult } from './scenes.ts';
import type { SegmentationResult } from './segmentation.ts';
import type { SelectionResult } from './selection.ts';

export interface ReportNeeds {
  scenes: Stage<ScenesResult> | undefined;
  depth: Stage<DepthResult> | undefined;
  disparity: Stage<DisparityResult> | undefined;
  selection: Stage<SelectionResult>;
  segmentation: Stage<SegmentationResult>[];
  evaluation: Stage<EvaluationResult>;
}

/** Collects the results in `report.json` and draws `panels/*.png`, both in the run folder. */
export function reportStage(needs: ReportNeeds): Stage<Report> {
  const { scenes, depth, disparity, selection, segmentation, evaluation } = needs;
  const stages: Stage[] = [scenes, depth, disparity, selection, ...segmentation, evaluation].filter(
    (stage) => stage !== undefined,
  );
  return defineStage({
    name: 'report',
    title: 'write the report',
    needs: stages,
    inputs: ({ name, seed, data, report, train }) => ({ name, seed, data, report, variants: train.variants }),
    async run(context, inputs): Promise<Report> {
      const { runFolder } = context;
      const names = inputs.variants.map(({ name }) => name);
      const scores = context.done(evaluation).result.variants;
      const learnt = depth && context.done(depth).result;
      const withEngines: Stage<{ engines: Record<string, Engine> }>[] = [
        ...[depth, disparity].filter((stage) => stage !== undefined),
        ...[selection, ...segmentation, evaluation],
      ];
      const report: Report = {
        name: inputs.name,
        seed: inputs.seed,
        results: Object.fromEntries(
          names.map((name, i) => [name, { ...scores[name], labels: context.done(segmentation[i]).result.labels }]),
        ),
        depth: learnt ? { ...learnt.errors, photometricRatio: learnt.photometricRatio } : null,
        engines: Object.assign({}, ...withEngines.map((stage) => context.done(stage).result.engines)),
        seconds: Object.fromEntries(stages.map((stage) => [stage.name, rounded(context.done(stage).seconds)])),
        peakRssMb: Math.max(...stages.map((stage) => context.done(stage).peakRssMb)),
      };
      await makeFolder(join(runFolder, 'panels'));
      await drawPanels(inputs, {
        folder: join(runFolder, 'panels'),
        scenes: scenes && context.folderOf(scenes),
        disparity: disparity && context.folderOf(disparity),
        evaluation: context.folderOf(evaluation),
      });
      await writeJson(join(runFolder, 'report.json'), report);
      return report;
    },
  });
}

const rounded = (seconds: number) => Math.round(seconds * 10) / 10;
