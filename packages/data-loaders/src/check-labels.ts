import type { Dataset, LabelValues } from './dataset.ts';
import { type Finding, findingsOf } from './finding.ts';
import { inParallel } from './in-parallel.ts';

export interface CheckLabelsOptions {
  /** Ids or positions of the samples whose labels will be used. */
  indices: readonly (string | number)[];
  /** Size to load at, for data sets that cannot count the values of a label file themselves. */
  width: number;
  height: number;
  signal?: AbortSignal;
  /** Called after each label with how many have been looked at. */
  onProgress?: (done: number) => void;
}

export interface LabelCheck {
  /** Pixels of each class over all labels, by trainId. */
  pixels: number[];
  /** Pixels of no class. */
  ignored: number;
  /** Numbers that the label files hold, ascending. */
  values: number[];
  /** What makes a training on these labels impossible or pointless. */
  findings: Finding[];
  /**
   * What may be meant so: a label without a pixel of any class, a class without a pixel in any
   * label. One line each.
   */
  remarks: string[];
}

const atOnce = 4;
const ignore = 255;

const inWords = (items: readonly (string | number)[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;

/** TrainIds of a loaded label map, as if they were what the file holds. */
const loadedValues = async (
  dataset: Dataset,
  which: string | number,
  size: { width: number; height: number },
): Promise<LabelValues> => {
  const { id, label } = await dataset.load(which, { ...size, label: true });
  const pixels = new Uint32Array(256);
  for (const value of label?.data ?? []) pixels[value]++;
  const meaning = Int16Array.from({ length: 256 }, (_, value) => (value < dataset.classes.length ? value : ignore));
  return { file: id, pixels, meaning };
};

/**
 * Decodes the labels of the given samples and says what they hold: numbers that are no class,
 * classes that do not occur, labels without anything but "ignore". The commonest mistake is a
 * foreground saved as 255, which is "ignore": training would learn the background alone and look
 * perfect.
 */
export async function checkLabels(
  dataset: Dataset,
  { indices, width, height, signal, onProgress }: CheckLabelsOptions,
): Promise<LabelCheck> {
  const findings: Finding[] = [];
  let done = 0;
  const found = await inParallel(indices.length, atOnce, async (position) => {
    signal?.throwIfAborted();
    const which = indices[position];
    const file = typeof which === 'number' ? (dataset.ids[which] ?? `${which}`) : which;
    const mine: Finding[] = [];
    const values = await findingsOf(
      () => (dataset.labelValues ? dataset.labelValues(which) : loadedValues(dataset, which, { width, height })),
      { file, findings: mine },
    );
    onProgress?.(++done);
    return { values, mine };
  });
  findings.push(...found.flatMap(({ mine }) => mine));

  const pixels = dataset.classes.map(() => 0);
  const stored = new Set<number>();
  let ignored = 0;
  const remarks: string[] = [];
  const labels = found.flatMap(({ values }) => (values ? [values] : []));
  for (const { file, pixels: counts, meaning } of labels) {
    let known = 0;
    counts.forEach((count, value) => {
      if (count === 0) return;
      stored.add(value);
      if (meaning[value] === ignore) ignored += count;
      else {
        pixels[meaning[value]] += count;
        known += count;
      }
    });
    if (known === 0) remarks.push(`${file}: the label holds no pixel of any class, all are ignored.`);
  }
  const values = [...stored].sort((a, b) => a - b);

  const absent = dataset.classes.filter((_, trainId) => pixels[trainId] === 0).map(({ name }) => `"${name}"`);
  if (labels.length > 0 && absent.length > 0) {
    const [{ advice }] = labels;
    const confused = advice !== undefined && stored.has(ignore);
    const several = absent.length > 1;
    const message =
      `${several ? 'classes' : 'class'} ${inWords(absent)} ${several ? 'have' : 'has'} no pixel in any label` +
      (confused
        ? `; masks hold ${inWords(values)}, and ${ignore} is "ignore": give ${several ? 'the class that it stands for' : 'it'} ${advice}`
        : '');
    const present = pixels.length - absent.length;
    // One class and ignored pixels around it teach nothing: every answer with that class everywhere
    // is right.
    if (present === 0 || (present === 1 && ignored > 0)) findings.push({ file: labels[0].file, message });
    else remarks.push(message);
  }
  return { pixels, ignored, values, findings, remarks };
}
