import type { LogLevel as LevelName } from '../../index';
import { LogLevel } from './native';

const NATIVE_LEVELS = new Map<unknown, LogLevel>([
  ['DEBUG', LogLevel.Debug],
  ['INFO', LogLevel.Info],
  ['WARN', LogLevel.Warn],
  ['ERROR', LogLevel.Error],
] satisfies [LevelName, LogLevel][]);

const NAMES = new Map([...NATIVE_LEVELS].map(([name, level]) => [level, name as LevelName]));

/** Returns the native level with this name; undefined if there is none. */
export function toNativeLevel(name: unknown): LogLevel | undefined {
  return NATIVE_LEVELS.get(name);
}

/** Returns the name of a native level. */
export function toLevelName(level: LogLevel): LevelName {
  return NAMES.get(level) ?? 'ERROR';
}
