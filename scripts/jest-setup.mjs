import { env } from '@tensorflow/tfjs-core';

// Keeps the JavaScript backend from advertising tfjs-node in every test file.
env().set('IS_TEST', true);
