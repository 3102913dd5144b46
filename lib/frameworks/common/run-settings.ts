import { MAX_NAME_LENGTH } from '../../bridge/limits';
import { truncate } from '../../trace/text';
import type { TraceSettings } from '../../trace/trace-options';

/** What a run tells about its trace. */
export interface RunSettings {
  name: string;
  /** The name for a run without one. */
  otherwise: string;
  description: string;
  captureInput: boolean;
  captureOutput: boolean;
  tags?: TraceSettings['tags'];
  session?: TraceSettings['session'];
  user?: TraceSettings['user'];
}

/** Returns the options of the trace of a run, as those of `client.trace`. */
export function toTraceSettings({ name, otherwise, ...told }: RunSettings): TraceSettings {
  return {
    autoSend: true,
    onTrace: undefined,
    onDelivered: undefined,
    redact: undefined,
    sampleRate: undefined,
    untilStreamEnds: false,
    tags: undefined,
    session: undefined,
    user: undefined,
    ...told,
    name: truncate(name.trim(), MAX_NAME_LENGTH) || otherwise,
  };
}
