import { swcOptions } from './platform/tools/swc.options.js'

/** Jest in ESM mode; swc compiles TypeScript with the same options as the build. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/{platform,sdk,examples}/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: { '^.+\\.tsx?$': ['@swc/jest', swcOptions] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  globalSetup: '<rootDir>/platform/server/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/platform/server/test/support/global-teardown.mjs',
  testTimeout: 30_000,
  // Many tests wait, for a process to start or for a time to come: a third one runs meanwhile.
  maxWorkers: 3,
}
