import { MAX_TASK_SECONDS } from '../bridge/limits';

/** @returns seconds to three decimals, 0 to 86,400 */
export function toSeconds(milliseconds: number): number {
  return Math.min(MAX_TASK_SECONDS, Math.max(0, Math.round(milliseconds) / 1000));
}

/** Rounds a number of milliseconds. Other values stay unchanged, so that validation reports them. */
export function toWholeMilliseconds<T>(milliseconds: T): T | number {
  return typeof milliseconds === 'number' ? Math.round(milliseconds) : milliseconds;
}
