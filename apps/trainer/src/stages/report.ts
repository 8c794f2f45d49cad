import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '@segsde/jit';
import { drawPanels } from '../report/draw-panels.ts';
import { writeJson } from '../run/json-file.ts';
import type { Stage } from '../run/stage.ts';
import type { DepthResult } from './depth.ts';
import type { DisparityResult } from './disparity.ts';
import type { EvaluationResult, VariantScores } from './evaluation.ts';
import type { ScenesResult } from './scenes.ts';
import type { SegmentationResult } from './segmentation.ts';
import type { SelectionResult } from './selection.ts';

/** What `report.json` says. */
export interface Report {
  name: string;
  seed: number;
  results: Record<string, VariantScores & { labels: number }>;
  /** Null when no depth was learnt; `absRel` and `meanMapAbsRel` are there where the true depth is known. */
  depth: { absRel?: number; meanMapAbsRel?: number; photometricRatio: number } | null;
  /** What ran each step. */
  engines: Record<string, Engine>;
  /** Work on each stage, interrupted attempts included. */
  seconds: Record<string, number>;
  peakRssMb: number;
}

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
  return {
    name: 'report',
    title: 'write the report',
    needs: stages,
    inputs: ({ name, seed, data, report, train }) => ({ name, seed, data, report, variants: train.variants }),
    async run(context) {
      const { config, runFolder } = context;
      const variants = config.train.variants.map(({ name }) => name);
      const scores = context.done(evaluation).result.variants;
      const learnt = depth && context.done(depth).result;
      const withEngines: Stage<{ engines: Record<string, Engine> }>[] = [
        ...[depth, disparity].filter((stage) => stage !== undefined),
        ...[selection, ...segmentation, evaluation],
      ];
      const report: Report = {
        name: config.name,
        seed: config.seed,
        results: Object.fromEntries(
          variants.map((name, i) => [name, { ...scores[name], labels: context.done(segmentation[i]).result.labels }]),
        ),
        depth: learnt ? { ...learnt.errors, photometricRatio: learnt.photometricRatio } : null,
        engines: Object.assign({}, ...withEngines.map((stage) => context.done(stage).result.engines)),
        seconds: Object.fromEntries(stages.map((stage) => [stage.name, rounded(context.done(stage).seconds)])),
        peakRssMb: Math.max(...stages.map((stage) => context.done(stage).peakRssMb)),
      };
      await mkdir(join(runFolder, 'panels'), { recursive: true });
      await drawPanels(context, { folder: join(runFolder, 'panels'), scenes, disparity, evaluation });
      await writeJson(join(runFolder, 'report.json'), report);
      return report;
    },
  };
}

const rounded = (seconds: number) => Math.round(seconds * 10) / 10;
