'use strict';

/** @type {import('jest').Config} */
module.exports = {
  testMatch: ['<rootDir>/__test__/**/*.test.ts'],
  globalSetup: '<rootDir>/scripts/bundle.mjs',
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleNameMapper: { '^infinium-o2$': '<rootDir>/dist/index.js' },
  modulePathIgnorePatterns: ['<rootDir>/bench/', '<rootDir>/target/'],
  testTimeout: 30_000,
};
