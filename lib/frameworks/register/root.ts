import type { ErrorDetail } from '../../../index';
import type { Root } from '../../watch/provider';
import type { Recorder } from '../common';

/** Begins a trace for a call of a watched client that is in none. */
export function beginRoot(recorder: Recorder): Root | undefined {
  const operation = recorder.start({ name: 'call' });
  if (!operation) return undefined;
  const { frame } = operation;
  return {
    frame,
    end(name: string, error?: ErrorDetail): void {
      const overrides = frame.scope.overrides();
      overrides.fields.name = name;
      if (error) overrides.errors.push(error);
      operation.end();
    },
  };
}
