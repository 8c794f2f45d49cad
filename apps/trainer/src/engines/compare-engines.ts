import type { Engine } from '@segsde/jit';
import { findEngine, type NativeEngine } from '@segsde/native-engines';
import { lacksCard, type Trial, tryInChild } from './try-in-child.ts';

/** An engine that was tried on this machine: how long a small training step takes, or why it cannot be used. */
export type Finding =
  | { engine: Engine; milliseconds: number; first: number; last: number }
  | { engine: Engine; absent: string }
  | { engine: Engine; broken: string };

/** Losses of the first two steps, the second of which has passed through all gradients, differ by less than this part on right engines. */
const TOLERANCE = 1e-3;

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/**
 * Trains a few steps on every engine that could work here, one after the other, `onnx` first. An engine whose losses are not those of `onnx` counts as broken.
 *
 * @param onTry is told which engine comes next
 * @param attempt trains on one engine
 */
export async function compareEngines(
  onTry: (engine: Engine) => void,
  attempt: (engine: Engine) => Promise<Trial> = tryInChild,
): Promise<Finding[]> {
  let expected: number[] | undefined;
  const examine = async (engine: Engine): Promise<Finding> => {
    onTry(engine);
    try {
      const { losses, milliseconds, first, last } = await attempt(engine);
      expected ??= losses;
      const wrong = losses.findIndex((loss, i) => !(Math.abs(loss - expected![i]) <= TOLERANCE * expected![i]));
      if (wrong < 0) return { engine, milliseconds, first, last };
      const what = `its loss of step ${wrong + 1} is ${losses[wrong]}, others get ${expected[wrong]}. Do not train with it`;
      return { engine, broken: what };
    } catch (error) {
      if (lacksCard(error)) return { engine, absent: 'no graphics card found' };
      return { engine, broken: messageOf(error) };
    }
  };
  const examineInstalled = async (engine: NativeEngine): Promise<Finding> => {
    try {
      if (!findEngine(engine)) return { engine, absent: 'not installed' };
    } catch (error) {
      return { engine, broken: messageOf(error) };
    }
    return examine(engine);
  };
  return [
    await examine('onnx'),
    await examine('onnx-webgpu'),
    await examineInstalled('onnx-cuda'),
    await examineInstalled('tensorflow'),
  ];
}
