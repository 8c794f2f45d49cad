import config from './jest.config.mjs';

// Read by the library when it is loaded; inside jest's sandbox the environment is only a copy.
process.env.TF_ENABLE_ONEDNN_OPTS ??= '1';
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';

// The tests that need TensorFlow's native library, see packages/native-engines.
export default {
  ...config,
  testMatch: ['<rootDir>/{packages,apps}/*/src/**/*.tensorflow.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
};
