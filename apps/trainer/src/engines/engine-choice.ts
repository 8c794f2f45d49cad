import type { Engine } from '@segsde/jit';
import type { Finding } from './compare-engines.ts';

/** Which engine `auto` stands for on a machine, and why, in one line. */
export interface EngineChoice {
  engine: Engine;
  reason: string;
}

const inWords = (finding: Finding): string => {
  if ('milliseconds' in finding) return `${finding.engine} ${finding.milliseconds.toFixed(1)} ms`;
  return `${finding.engine}: ${'absent' in finding ? finding.absent : 'broken'}`;
};

/** The engine whose training step is the shortest; `onnx` where none works, so that its own error is what the user reads. */
export function engineChoice(findings: readonly Finding[]): EngineChoice {
  const timed = findings
    .flatMap((finding) => ('milliseconds' in finding ? [finding] : []))
    .sort((a, b) => a.milliseconds - b.milliseconds);
  if (timed.length === 0) return { engine: 'onnx', reason: 'none trains here, see segsde doctor' };
  const [best] = timed;
  const others = [...timed.slice(1), ...findings.filter((finding) => !('milliseconds' in finding))];
  return {
    engine: best.engine,
    reason: `${best.milliseconds.toFixed(1)} ms for a small training step (${others.map(inWords).join(', ')})`,
  };
}
