// Our side of segmentation-step: node worker.js [file to write the start of the work to]
import { writeSafetensors } from '@segsde/models';
import { serveWork } from '../harness/serve-work.ts';
import { segmentationWork } from './segmentation-work.ts';

const work = segmentationWork();
const path = process.argv[2];
if (path !== undefined) await writeSafetensors(path, await work.beginning());
await serveWork(work);
