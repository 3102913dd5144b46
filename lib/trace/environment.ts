import type { EnvironmentContext } from '../../index';
import { VERSION } from '../bridge/native';

/** @returns the versions of Node.js and of this package */
function getEnvironment(): EnvironmentContext {
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

/** Merges the environment of a client under that of one of its traces. Tags are merged one by one. */
export function mergeEnvironment(
  client: EnvironmentContext | undefined,
  trace: EnvironmentContext | null | undefined,
  tags: Record<string, unknown> = {},
): EnvironmentContext {
  const customTags = { ...client?.customTags, ...trace?.customTags, ...tags };
  return {
    ...client,
    ...completeEnvironment(trace),
    customTags: Object.keys(customTags).length > 0 ? customTags : undefined,
  };
}
