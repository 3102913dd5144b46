const path = require('node:path');

/** @type {import('jest').Config} */
module.exports = {
  ...require('../../jest.config.js'),
  rootDir: path.join(__dirname, '..', '..'),
  testMatch: ['<rootDir>/__test__/providers/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/bench/', '<rootDir>/target/'],
  // This package has ES modules only, which Jest cannot load as they are.
  transform: { '^.+\\.ts$': '@swc/jest', '/@mistralai/.+\\.js$': '@swc/jest' },
  transformIgnorePatterns: ['/node_modules/(?!@mistralai/)'],
};
