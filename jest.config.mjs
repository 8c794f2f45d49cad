// Tests run on the sources (the "source" export condition), as ES modules, without a build.
export default {
  testEnvironment: './scripts/jest-environment.mjs',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  setupFiles: ['./scripts/jest-setup.mjs'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  testMatch: [
    '<rootDir>/{packages,apps}/*/src/**/*.test.ts',
    '<rootDir>/{parity,conformance,benches}/src/**/*.test.ts',
  ],
  modulePathIgnorePatterns: ['/dist/'],
  testPathIgnorePatterns: ['/node_modules/', '\\.(tensorflow|webgpu)\\.test\\.ts$'],
  testTimeout: 300000,
  maxWorkers: 2,
  workerIdleMemoryLimit: '1500MB',
};
