import { EngineError, findEngine, type NativeEngine, nativeEngines } from '@segsde/native-engines';
import type { Registries } from '../registry/registries.ts';
import type { ConfigIssue } from './issues.ts';
import type { Config } from './schema.ts';

/** The encoder halves the image five times and the decoder doubles it again. */
const STRIDE = 32;
/** Less leaves one pixel at the coarsest level, which cannot be mirrored at its border. */
const SMALLEST = 64;
const RULE = `multiples of ${STRIDE} from ${SMALLEST} on`;

const fits = (pixels: number) => pixels % STRIDE === 0 && pixels >= SMALLEST;

/** What is wrong with an engine that this user should have installed, in words. */
function installationProblem(name: NativeEngine): string | undefined {
  try {
    if (findEngine(name)) return undefined;
    return `"${name}" is not installed. Run \`segsde engine install ${name}\``;
  } catch (error) {
    if (error instanceof EngineError) return error.message;
    throw error;
  }
}

/** Keys that are fine alone but not together, or not on this machine. */
export function* contradictions(config: Config, registries: Registries): Generator<ConfigIssue> {
  const { data, scenes, depth, selection, train } = config;

  const installed = nativeEngines.find((name) => name === config.engine);
  const problem = installed && installationProblem(installed);
  if (problem) yield { path: ['engine'], message: problem };

  if (config.precision !== 'float32' && config.engine !== 'tensorflow') {
    const message = `"${config.precision}" needs engine: tensorflow, but engine is "${config.engine}"`;
    yield { path: ['precision'], message };
  }

  if (data.root === null && scenes === null) {
    const message = 'is missing: name the folder here or with --data, or have "scenes" rendered';
    yield { path: ['data', 'root'], message };
  }
  if (depth?.data && depth.data.root === null && scenes === null) {
    yield { path: ['depth', 'data', 'root'], message: 'is missing: name the folder here or with --depth-data' };
  }

  const sizes: { path: (string | number)[]; height: number; width: number }[] = [{ path: ['data'], ...data }];
  if (depth?.data) sizes.push({ path: ['depth', 'data'], ...depth.data });
  for (const { path, height, width } of sizes) {
    for (const [key, pixels] of Object.entries({ height, width })) {
      if (!fits(pixels)) yield { path: [...path, key], message: `is ${pixels}; sizes must be ${RULE}` };
    }
  }

  const crops = [
    { path: ['train', 'crop'], crop: train.crop, image: data },
    { path: ['selection', 'student', 'crop'], crop: selection.student.crop, image: data },
    { path: ['depth', 'crop'], crop: depth?.crop ?? null, image: depth?.data ?? data },
  ];
  for (const { path, crop, image } of crops) {
    if (!crop) continue;
    const [height, width] = crop;
    if (!fits(height) || !fits(width)) {
      yield { path, message: `is ${height}x${width}; sizes must be ${RULE}` };
    } else if (height > image.height || width > image.width) {
      yield { path, message: `is larger than the images, which are ${image.height}x${image.width}` };
    }
  }

  if (depth && depth.minDepth >= depth.maxDepth) {
    yield { path: ['depth', 'minDepth'], message: `must be less than maxDepth, which is ${depth.maxDepth}` };
  }

  const counts = [...selection.rounds, selection.labels];
  if (counts.some((count, i) => i > 0 && count <= counts[i - 1])) {
    yield {
      path: ['selection', 'rounds'],
      message: `must increase and stay below labels, which is ${selection.labels}`,
    };
  }

  for (const [i, { unlabelled }] of train.variants.entries()) {
    if (unlabelled?.labelledShare && (unlabelled.frames === 'unlabelled' || !unlabelled.useLabels)) {
      const message = 'needs labelled frames among the mixed ones: frames: all and useLabels: true';
      yield { path: ['train', 'variants', i, 'unlabelled', 'labelledShare'], message };
    }
  }

  if (depth) return;
  const without = 'needs depth, and "depth" is null';
  const method = registries.acquisition.get(selection.method.name);
  const selected = train.variants.some(({ labels }) => labels === 'selected');
  if (selected && method && method.needs.length > 0) {
    yield { path: ['selection', 'method'], message: `"${method.name}" ${without}` };
  }
  for (const [i, { init, unlabelled }] of train.variants.entries()) {
    const path = ['train', 'variants', i];
    if (init === 'depth') yield { path: [...path, 'init'], message: `"depth" ${without}` };
    if (unlabelled && registries.mixing.get(unlabelled.mixing.name)?.usesDisparity) {
      yield { path: [...path, 'unlabelled', 'mixing'], message: `"${unlabelled.mixing.name}" ${without}` };
    }
  }
}
