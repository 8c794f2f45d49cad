import type { LabelFindings } from './check-labels.ts';
import type { ClassInfo } from './dataset.ts';

const listed = (items: readonly (string | number)[]) =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;

/**
 * What to tell somebody whose labels never show one of the classes: often the numbers in the files are others than they think.
 *
 * @param classes position = trainId
 * @returns one line; undefined if each class has a pixel
 */
export function classesWithoutPixels(
  classes: readonly ClassInfo[],
  { pixels, values, ignoredValues }: LabelFindings,
): string | undefined {
  const missing = classes.filter((_, trainId) => pixels[trainId] === 0).map(({ name }) => `"${name}"`);
  if (missing.length === 0) return undefined;
  const subject = missing.length === 1 ? `class ${missing[0]} has` : `classes ${listed(missing)} have`;
  const found = `${subject} no pixel in any label. The labels hold ${listed(values)}`;
  if (ignoredValues.length === 0) return `${found}.`;
  const means = `${listed(ignoredValues)} ${ignoredValues.length === 1 ? 'is' : 'are'} "ignore"`;
  const example = ignoredValues.includes(255) ? 255 : ignoredValues[0];
  return `${found}, and ${means}. If ${example} stands for ${missing[0]}, give that class "value: ${example}".`;
}
