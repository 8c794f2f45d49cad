import config from './jest.config.mjs';

// The tests that need TensorFlow's native library, see packages/tensorflow-engine.
export default {
  ...config,
  testMatch: ['<rootDir>/{packages,apps}/*/src/**/*.tensorflow.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
};
