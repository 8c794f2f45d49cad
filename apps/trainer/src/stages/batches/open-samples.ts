import type { Dataset } from '@segsde/data-loaders';
import { runsOnCard } from '../../engines/runs-on-card.ts';
import { stepsTogether } from '../../engines/steps-together.ts';
import type { StageContext } from '../../run/stage.ts';
import type { DataPlace } from '../data/data-place.ts';
import { datasetSamples, type SampleChoice } from './dataset-samples.ts';
import { type Samples, samplesFromThread } from './samples-from-thread.ts';

export interface SampleData {
  dataset: Dataset;
  /** Where the dataset is. */
  place: DataPlace;
}

/** Colour, class and disparity. */
const VALUES_OF_PIXEL = 5;
/** More than one: not all batches take equally long. */
const AHEAD = 4;

/** The samples of a training. A thread of their own makes them where the engine leaves the processor idle. */
export function openSamples(
  { config, engine }: Pick<StageContext, 'config' | 'engine'>,
  { dataset, place }: SampleData,
  choice: SampleChoice,
): Samples {
  if (runsOnCard(engine)) {
    const [height, width] = choice.crop ?? [choice.load.height, choice.load.width];
    const together = stepsTogether(engine, choice.batchSize * height * width * VALUES_OF_PIXEL);
    return samplesFromThread({ place, choice, modules: config.modules }, { ahead: Math.max(AHEAD, together) });
  }
  return { at: datasetSamples(dataset, choice), close: async () => undefined };
}
