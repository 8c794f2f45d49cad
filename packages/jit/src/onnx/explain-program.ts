import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as ort from 'onnxruntime-node';
import type { ExplainedPart, Explanation } from '../explanation.ts';
import { sectionOf } from './builder.ts';
import { createSession } from './create-session.ts';

const WARM_UP = 2;
const RUNS = 5;

interface ProfileEvent {
  cat: string;
  name: string;
  ts: number;
  /** Microseconds. */
  dur: number;
  args: { mem_in_use_peak?: string; thread_scheduling_stats?: { sub_threads: object } | '' };
}

const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];

/**
 * Runs a model a few times under ONNX Runtime's profiler.
 *
 * @param run runs the session once
 */
export async function explainProgram(
  model: Uint8Array,
  run: (session: ort.InferenceSession) => Promise<unknown>,
): Promise<Pick<Explanation, 'runtime' | 'threads' | 'milliseconds' | 'workingBytes' | 'parts'>> {
  const folder = await mkdtemp(join(tmpdir(), 'segsde-jit-'));
  try {
    const session = await createSession(model, { enableProfiling: true, profileFilePrefix: join(folder, 'profile') });
    for (let i = 0; i < WARM_UP + RUNS; i++) await run(session);
    session.endProfiling();
    await session.release();
    const [file] = await readdir(folder);
    const events = JSON.parse(await readFile(join(folder, file), 'utf8')) as ProfileEvent[];
    const runs = events.filter(({ name }) => name === 'model_run').slice(WARM_UP);
    const kernels = events.filter(
      ({ cat, name, ts }) => cat === 'Node' && name.endsWith('_kernel_time') && ts >= runs[0].ts,
    );

    const parts = new Map<string, ExplainedPart>();
    let [threads, workingBytes] = [1, 0];
    for (const event of kernels) {
      const kernel = sectionOf(event.name);
      const part = parts.get(kernel) ?? { kernel, operators: 0, milliseconds: 0 };
      part.operators += 1;
      part.milliseconds += event.dur / 1000 / RUNS;
      parts.set(kernel, part);
      const { thread_scheduling_stats: threading, mem_in_use_peak: peak } = event.args;
      if (threading) threads = Math.max(threads, 1 + Object.keys(threading.sub_threads).length);
      workingBytes = Math.max(workingBytes, Number(peak ?? 0));
    }
    return {
      runtime: `onnxruntime-node ${version}`,
      threads,
      milliseconds: median(runs.map(({ dur }) => dur / 1000)),
      workingBytes,
      parts: [...parts.values()]
        .map((part) => ({ ...part, operators: Math.round(part.operators / RUNS) }))
        .sort((a, b) => b.milliseconds - a.milliseconds),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
