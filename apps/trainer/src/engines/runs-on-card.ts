import type { Engine } from '@segsde/jit';
import { findEngine } from '@segsde/native-engines';

/** Whether an engine computes on a graphics card, so that the processor is free meanwhile. */
export const runsOnCard = (engine: Engine): boolean =>
  engine === 'onnx-cuda' || engine === 'onnx-webgpu' || (engine === 'tensorflow' && findEngine(engine)?.gpu === true);
