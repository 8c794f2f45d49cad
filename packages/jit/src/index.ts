export { byteTensor } from './byte-tensor.ts';
export type { ExplainedPart, Explanation } from './explanation.ts';
export { formatExplanation } from './format-explanation.ts';
export { jit } from './jit.ts';
export type { JitOptions, Jitted } from './jit.ts';
export type { Engine } from './targets.ts';
export { exportOnnx } from './export/export-onnx.ts';
export type { ExportOptions, InputSpec, InputSpecs } from './export/export-onnx.ts';
