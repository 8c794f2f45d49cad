// A fresh process that takes one step: node startup-worker.js ENGINE
import '@tensorflow/tfjs-backend-cpu';
import type { Engine } from '@segsde/jit';
import { segmentationWork } from './segmentation-work.ts';
import type { Startup } from './startup.ts';

const imported = performance.now() / 1000;
const { step } = segmentationWork({ engine: process.argv[2] as Engine });
const built = performance.now() / 1000;
await step();
const finished = performance.now() / 1000;
const startup: Startup = { imported, built, finished, peakMb: process.resourceUsage().maxRSS / 1024 };
console.log(JSON.stringify(startup));
