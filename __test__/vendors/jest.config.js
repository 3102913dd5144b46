const path = require('node:path');

/** @type {import('jest').Config} */
module.exports = {
  ...require('../../jest.config.js'),
  rootDir: path.join(__dirname, '..', '..'),
  testMatch: ['<rootDir>/__test__/vendors/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/bench/', '<rootDir>/target/'],
};
