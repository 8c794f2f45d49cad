import type { ConfigIssue } from './issues.ts';
import type { Config } from './schema.ts';

/** The encoder halves the image five times and the decoder doubles it again. */
const STRIDE = 32;
/** Less leaves one pixel at the coarsest level, which cannot be mirrored at its border. */
const SMALLEST = 64;
const RULE = `multiples of ${STRIDE} from ${SMALLEST} on`;

const fits = (pixels: number) => pixels % STRIDE === 0 && pixels >= SMALLEST;

/** Keys that are fine alone but not together. */
export function* contradictions(config: Config): Generator<ConfigIssue> {
  yield* ofPrecision(config);
  yield* ofRoots(config);
  yield* ofSizes(config);
  yield* ofDepth(config);
  yield* ofSelection(config);
  yield* ofVariants(config);
}

function* ofPrecision({ precision, engine }: Config): Generator<ConfigIssue> {
  if (precision !== 'float32' && engine !== 'tensorflow') {
    const message = `"${precision}" needs engine: tensorflow, but engine is "${engine}"`;
    yield { path: ['precision'], message };
  }
}

function* ofRoots({ data, depth, scenes }: Config): Generator<ConfigIssue> {
  if (data.root === null && scenes === null) {
    const message = 'is missing: name the folder here or with --data, or have "scenes" rendered';
    yield { path: ['data', 'root'], message };
  }
  if (depth?.data && depth.data.root === null && scenes === null) {
    yield { path: ['depth', 'data', 'root'], message: 'is missing: name the folder here or with --depth-data' };
  }
}

function* ofSizes({ data, depth, selection, train }: Config): Generator<ConfigIssue> {
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
}

function* ofDepth({ data, depth, scenes }: Config): Generator<ConfigIssue> {
  if (!depth) return;
  if (depth.minDepth >= depth.maxDepth) {
    yield { path: ['depth', 'minDepth'], message: `must be less than maxDepth, which is ${depth.maxDepth}` };
  }
  const isRendered = (depth.data ?? data).root === null;
  if (scenes && isRendered) {
    const reach = (scenes.framesPerSnippet - 1) / 2;
    const far = depth.neighbours.find((offset) => Math.abs(offset) > reach);
    if (far !== undefined) {
      const message = `has ${far}, but a snippet of ${scenes.framesPerSnippet} frames (scenes.framesPerSnippet) has ${reach} before and ${reach} after the labelled one`;
      yield { path: ['depth', 'neighbours'], message };
    }
  }
}

function* ofSelection({ data, depth, scenes, selection }: Config): Generator<ConfigIssue> {
  const { labels, rounds, method } = selection;
  const counts = [...rounds, labels];
  if (counts.some((count, i) => i > 0 && count <= counts[i - 1])) {
    yield { path: ['selection', 'rounds'], message: `must increase and stay below labels, which is ${labels}` };
  }
  if (scenes && data.root === null && labels > scenes.train) {
    yield {
      path: ['selection', 'labels'],
      message: `is ${labels}, but only ${scenes.train} scenes are rendered (scenes.train)`,
    };
  }
  // Uncertainty is that of a network which has learnt from the frames chosen before.
  const scored = method.needs.filter((need) => need !== 'features');
  if (scored.length > 0 && rounds.length === 0) {
    const message = `is empty, but "${method.name}" chooses by ${scored.join(' and ')} of what earlier rounds have labelled. Say how many labels come before, e.g. [${Math.max(1, labels >> 1)}]`;
    yield { path: ['selection', 'rounds'], message };
  }
  const fromDepth = method.needs.filter((need) => need !== 'entropy');
  if (!depth && fromDepth.length > 0) {
    yield { path: ['selection', 'method'], message: `"${method.name}" needs depth, and "depth" is null` };
  }
}

function* ofVariants({ depth, train }: Config): Generator<ConfigIssue> {
  for (const [i, { init, unlabelled }] of train.variants.entries()) {
    const path = ['train', 'variants', i];
    if (init === 'depth' && !depth)
      yield { path: [...path, 'init'], message: '"depth" needs depth, and "depth" is null' };
    if (!unlabelled) continue;
    const { mixing, frames, useLabels, labelledShare, startIteration } = unlabelled;
    const at = (key: string) => [...path, 'unlabelled', key];
    if (mixing.usesDisparity && !depth) {
      yield { path: at('mixing'), message: `"${mixing.name}" needs depth, and "depth" is null` };
    }
    if (mixing.name !== 'none' && train.unlabelledBatchSize < 2) {
      const message = `is 1, but "${mixing.name}" mixes a frame with the next of its batch: take 2 or more, or mixing: none`;
      yield { path: ['train', 'unlabelledBatchSize'], message };
    }
    if (labelledShare && (frames === 'unlabelled' || !useLabels)) {
      const message = 'needs labelled frames among the mixed ones: frames: all and useLabels: true';
      yield { path: at('labelledShare'), message };
    }
    if (startIteration >= train.iterations) {
      const message = `is ${startIteration}, so nothing would ever be learnt from the other frames: train.iterations is ${train.iterations}`;
      yield { path: at('startIteration'), message };
    }
  }
}
