'use strict';

/** @type {import('jest').Config} */
module.exports = {
  testMatch: ['<rootDir>/__test__/**/*.test.ts'],
  globalSetup: '<rootDir>/scripts/bundle.mjs',
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleNameMapper: { '^infinium-o2$': '<rootDir>/dist/index.js' },
  modulePathIgnorePatterns: [
    '<rootDir>/bench/',
    '<rootDir>/consumers/',
    '<rootDir>/examples/',
    '<rootDir>/target/',
    '<rootDir>/__test__/vendors/',
    '<rootDir>/__test__/providers/',
    '<rootDir>/__test__/secrets/',
  ],
  // Most tests wait for the network, so two files at a time take little more than one.
  maxWorkers: 2,
  testTimeout: 30_000,
};
