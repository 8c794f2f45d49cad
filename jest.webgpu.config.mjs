import config from './jest.config.mjs';

// The tests that need a graphics card, or software that stands in for one, see scripts/software-vulkan.mjs.
export default {
  ...config,
  testMatch: ['<rootDir>/{packages,apps}/*/src/**/*.webgpu.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
};
