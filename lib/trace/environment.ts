import type { EnvironmentContext } from '../../index';
import { VERSION } from '../bridge/native';

/** @returns the versions of Node.js and of this package */
export function getEnvironment(): EnvironmentContext {
  return { nodeVersion: process.versions.node, sdkVersion: VERSION };
}

/** @returns `given` plus the versions of Node.js and this package if they are missing */
export function completeEnvironment(
  given: EnvironmentContext | null | undefined,
): EnvironmentContext {
  const { nodeVersion, sdkVersion } = getEnvironment();
  return {
    ...given,
    nodeVersion: given?.nodeVersion ?? nodeVersion,
    sdkVersion: given?.sdkVersion ?? sdkVersion,
  };
}
