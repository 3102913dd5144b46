import type { EnvironmentContext, ErrorDetail, TaskData } from '../../index';

/** What the user has said about a running trace. It replaces what was recorded, or is added to it. */
export interface Overrides {
  /** Fields of the task: the outcome, sections, summaries. */
  fields: Partial<TaskData>;
  environment: EnvironmentContext;
  tags: Record<string, string | number | boolean>;
  metadata: Record<string, unknown>;
  errors: ErrorDetail[];
}

export function noOverrides(): Overrides {
  return { fields: {}, environment: {}, tags: {}, metadata: {}, errors: [] };
}
