// How far does one get without looking at shapes? Classifies every pixel of the validation scenes
// by its own colour and row alone, learnt from all labels of the training scenes, and predicts
// depth by the training scenes' mean disparity map.
//
//     npm run bench -- color-row-classifier [folder]
//
// `folder`: scenes as `writeCityscapes` writes them, e.g. runs/demo/scenes; without it, 120 + 36
// places are rendered at 128 x 64.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cityscapes, type Dataset } from '@segsde/data-loaders';
import { accumulate, confusionMatrix, depthErrors, iouScores, type IouScores } from '@segsde/metrics';
import { sceneClasses, writeCityscapes } from '@segsde/scenes';

const size = { width: 128, height: 64 };
const classes = sceneClasses.length;
const ignored = 255;

interface Pixels {
  /** RGB, interleaved. */
  colors: Uint8Array;
  labels: Uint8Array;
  /** Metres, 0 = unknown. */
  depths: Float32Array;
}

/** Predicts a class from the pixel's colour and row. */
type Classifier = (colors: Uint8Array, pixel: number) => number;

async function loadAll(dataset: Dataset): Promise<Pixels[]> {
  const pixels: Pixels[] = [];
  for (const id of dataset.ids) {
    const { image, label, depth } = await dataset.load(id, { ...size, label: true, depth: true });
    pixels.push({ colors: image.data, labels: label!.data, depths: depth!.data });
  }
  return pixels;
}

/**
 * Counts of classes for every quantised colour and row; the most frequent class wins, after
 * division by its overall frequency to the power `balance`.
 */
function tableClassifier(
  train: readonly Pixels[],
  { bits, rows, balance }: { bits: number; rows: number; balance: number },
): Classifier {
  const keyOf = (colors: Uint8Array, pixel: number) => {
    const channel = (offset: number) => colors[3 * pixel + offset] >> (8 - bits);
    const color = (((channel(0) << bits) | channel(1)) << bits) | channel(2);
    const row = Math.floor((Math.floor(pixel / size.width) * rows) / size.height);
    return color * rows + row;
  };
  const counts = new Map<number, Float64Array>();
  const overall = new Float64Array(classes);
  for (const { colors, labels } of train) {
    for (let pixel = 0; pixel < labels.length; pixel++) {
      if (labels[pixel] === ignored) continue;
      const key = keyOf(colors, pixel);
      let cell = counts.get(key);
      if (!cell) counts.set(key, (cell = new Float64Array(classes)));
      cell[labels[pixel]]++;
      overall[labels[pixel]]++;
    }
  }
  const largest = (cell: Float64Array) =>
    cell.reduce((best, count, id) => {
      const score = (which: number, value: number) => value / Math.max(1, overall[which]) ** balance;
      return score(id, count) > score(best, cell[best]) ? id : best;
    }, 0);
  const winners = new Map(Array.from(counts, ([key, cell]) => [key, largest(cell)]));
  const unseen = largest(overall);
  return (colors, pixel) => winners.get(keyOf(colors, pixel)) ?? unseen;
}

type Tree = { feature: number; threshold: number; low: Tree; high: Tree } | Float64Array;

/** Extremely randomised trees (Geurts et al. 2006) on red, green, blue and row. */
function forestClassifier(
  train: readonly Pixels[],
  { trees, depth, samples, balance }: { trees: number; depth: number; samples: number; balance: number },
): Classifier {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const features = 4;
  const fill = (target: Float32Array, at: number, colors: Uint8Array, pixel: number) => {
    for (let channel = 0; channel < 3; channel++) target[at + channel] = colors[3 * pixel + channel];
    target[at + 3] = Math.floor(pixel / size.width);
  };
  const values = new Float32Array(samples * features);
  const truth = new Uint8Array(samples);
  const overall = new Float64Array(classes);
  for (let i = 0; i < samples;) {
    const { colors, labels } = train[Math.floor(random() * train.length)];
    const pixel = Math.floor(random() * labels.length);
    if (labels[pixel] === ignored) continue;
    fill(values, i * features, colors, pixel);
    overall[labels[pixel]]++;
    truth[i++] = labels[pixel];
  }

  const histogram = (members: Int32Array) => {
    const counts = new Float64Array(classes);
    for (const member of members) counts[truth[member]]++;
    return counts;
  };
  const impurity = (counts: Float64Array) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return counts.reduce((sum, count) => (count > 0 ? sum - count * Math.log(count / total) : sum), 0);
  };
  const grow = (members: Int32Array, left: number): Tree => {
    const counts = histogram(members);
    const leaf = () => counts.map((count, id) => count / members.length / Math.max(1, overall[id]) ** balance);
    if (left === 0 || members.length < 20 || Math.max(...counts) === members.length) return leaf();
    let best: { gain: number; feature: number; threshold: number } | undefined;
    for (let attempt = 0; attempt < 12; attempt++) {
      const feature = Math.floor(random() * features);
      const threshold = values[members[Math.floor(random() * members.length)] * features + feature];
      const low = new Float64Array(classes);
      for (const member of members) if (values[member * features + feature] < threshold) low[truth[member]]++;
      const gain = -impurity(low) - impurity(counts.map((count, id) => count - low[id]));
      if (!best || gain > best.gain) best = { gain, feature, threshold };
    }
    const { feature, threshold } = best!;
    const low = members.filter((member) => values[member * features + feature] < threshold);
    const high = members.filter((member) => values[member * features + feature] >= threshold);
    if (low.length === 0 || high.length === 0) return leaf();
    return { feature, threshold, low: grow(low, left - 1), high: grow(high, left - 1) };
  };
  const all = Int32Array.from(truth.keys());
  const forest = Array.from({ length: trees }, () => grow(all, depth));

  const own = new Float32Array(features);
  return (colors, pixel) => {
    fill(own, 0, colors, pixel);
    const votes = new Float64Array(classes);
    for (const root of forest) {
      let node = root;
      while (!(node instanceof Float64Array)) node = own[node.feature] < node.threshold ? node.low : node.high;
      for (let id = 0; id < classes; id++) votes[id] += node[id];
    }
    return votes.indexOf(Math.max(...votes));
  };
}

function score(classify: Classifier, validation: readonly Pixels[]): IouScores {
  const matrix = confusionMatrix(classes);
  for (const { colors, labels } of validation) {
    accumulate(
      matrix,
      labels,
      labels.map((_, pixel) => classify(colors, pixel)),
    );
  }
  return iouScores(matrix);
}

/**
 * Mean abs-rel of the training scenes' mean disparity map on the validation scenes, after median
 * scaling.
 */
function meanMapError(train: readonly Pixels[], validation: readonly Pixels[]): number {
  const disparity = new Float64Array(size.width * size.height);
  for (const { depths } of train) {
    depths.forEach((depth, pixel) => {
      if (depth > 0) disparity[pixel] += 1 / depth / train.length;
    });
  }
  const guess = disparity.map((value) => 1 / Math.max(value, 1e-3));
  const errors = validation.map(({ depths }) => depthErrors(guess, depths).absRel);
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

const percent = (share: number) => (100 * share).toFixed(1).padStart(5);

const [given] = process.argv.slice(2);
const root = given ?? (await mkdtemp(join(tmpdir(), 'segsde-scenes-')));
try {
  if (given === undefined)
    await writeCityscapes(root, { ...size, scenes: { train: 120, val: 36 }, framesPerSnippet: 1 });
  const names = sceneClasses.map(({ name }) => name);
  const [train, validation] = await Promise.all(
    ['train', 'val'].map((split) => loadAll(cityscapes({ root, split, classes: names }))),
  );
  console.log(`Colour and row alone, ${train.length} training and ${validation.length} validation scenes, in %`);
  console.log(`mIoU  ${names.join(', ')}`);
  const grids = [
    { bits: 0, rows: 64 },
    { bits: 2, rows: 16 },
    { bits: 3, rows: 8 },
    { bits: 4, rows: 16 },
  ];
  const means: number[] = [];
  for (const balance of [0, 0.5]) {
    const wording = balance > 0 ? ', rare classes favoured' : '';
    const candidates: [string, Classifier][] = grids.map((grid) => [
      `table of ${8 ** grid.bits} colours, ${grid.rows} rows${wording}`,
      tableClassifier(train, { ...grid, balance }),
    ]);
    candidates.push([
      `forest of 10 trees${wording}`,
      forestClassifier(train, { trees: 10, depth: 16, samples: 100000, balance }),
    ]);
    for (const [name, classify] of candidates) {
      const { mean, perClass } = score(classify, validation);
      means.push(mean);
      console.log(`${percent(mean)}  ${perClass.map(percent).join(' ')}  ${name}`);
    }
  }
  console.log(`Best of them: mIoU ${Math.max(...means).toFixed(3)}`);
  console.log(`Mean disparity map of the training scenes: abs-rel ${meanMapError(train, validation).toFixed(3)}`);
} finally {
  if (given === undefined) await rm(root, { recursive: true });
}
