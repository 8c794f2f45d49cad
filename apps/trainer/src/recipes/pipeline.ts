import type { Config } from '../config/schema.ts';
import type { Report } from '../report/report.ts';
import type { Stage } from '../run/stage.ts';
import { depthStage, type DepthResult } from './depth.ts';
import { disparityStage, type DisparityResult } from './disparity.ts';
import { evaluationStage, type EvaluationResult } from './evaluation.ts';
import { reportStage } from './report.ts';
import { scenesStage, type ScenesResult } from './scenes.ts';
import { segmentationStage, type SegmentationResult } from './segmentation.ts';
import { selectionStage, type SelectionResult } from './selection.ts';

/** The stages that a config asks for. */
export interface Pipeline {
  /** Absent when the config renders no scenes. */
  scenes?: Stage<ScenesResult>;
  /** Absent, like `disparity`, when the config learns no depth. */
  depth?: Stage<DepthResult>;
  disparity?: Stage<DisparityResult>;
  selection: Stage<SelectionResult>;
  /** One for each entry of `train.variants`, in their order. */
  segmentation: Stage<SegmentationResult>[];
  evaluation: Stage<EvaluationResult>;
  report: Stage<Report>;
}

export function pipeline(config: Config): Pipeline {
  const scenes = config.scenes ? scenesStage() : undefined;
  const depth = config.depth ? depthStage({ scenes }) : undefined;
  const disparity = depth && disparityStage({ scenes, depth });
  const selection = selectionStage({ scenes, depth, disparity });
  const segmentation = config.train.variants.map((variant) =>
    segmentationStage(variant, { scenes, depth, disparity, selection }),
  );
  const evaluation = evaluationStage({ scenes, segmentation });
  const report = reportStage({ scenes, depth, disparity, selection, segmentation, evaluation });
  return { scenes, depth, disparity, selection, segmentation, evaluation, report };
}
