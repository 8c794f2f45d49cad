import { cudaSource } from './cuda-source.ts';
import type { NativeEngine } from './native-engine.ts';
import { prebuiltSource } from './prebuilt-source.ts';
import type { Source } from './source.ts';
import { wheelSource } from './wheel-source.ts';

export interface EngineRecipe {
  /** As in "<title> cannot be installed here". */
  title: string;
  /** Ways to get it, tried in turn. `host`: where tfjs-node's own binaries are. */
  sources(host: string): Source[];
  /** Whether it is for a card, whatever is asked for. */
  needsCard: boolean;
}

export const engineRecipes: Record<NativeEngine, EngineRecipe> = {
  tensorflow: {
    title: 'TensorFlow',
    sources: (host) => [prebuiltSource(host), wheelSource],
    needsCard: false,
  },
  'onnx-cuda': {
    title: "ONNX Runtime's CUDA provider",
    sources: () => [cudaSource],
    needsCard: true,
  },
};
