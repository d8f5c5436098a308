const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '<rootDir>/strip.mjs' },
};

export default {
  workerIdleMemoryLimit: '400MB',
  // A bound for what hangs; how fast anything is, `make bench` measures.
  testTimeout: 60_000,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/src/**/*.test.ts',
        '<rootDir>/test/world/**/*.test.ts',
        '<rootDir>/scripts/**/*.test.ts',
        '<rootDir>/test/conformance/**/*.test.ts',
        '<rootDir>/test/torture/**/*.test.ts',
      ],
    },
    { ...common, displayName: 'scenarios', testMatch: ['<rootDir>/test/scenarios/**/*.test.ts'] },
    { ...common, displayName: 'exports', testMatch: ['<rootDir>/test/exports/**/*.test.ts'] },
    { ...common, displayName: 'image', testMatch: ['<rootDir>/test/image/**/*.test.ts'] },
    { ...common, displayName: 'install', testMatch: ['<rootDir>/test/install/**/*.test.ts'] },
  ],
};
