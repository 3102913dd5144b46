import type { TaskData } from '../../../index';

/** The documented objects in a task, by the name that they have there. Their members have names of their own. */
interface Shape {
  [member: string]: Shape;
}

const ERROR: Shape = {};
const CALL: Shape = {};
const SECTION: Shape = { errorsEncountered: ERROR };
const TASK: Shape = {
  expectedOutcome: {},
  steps: { toolCall: { error: ERROR }, llmCall: CALL, error: ERROR },
  errors: ERROR,
  llmUsage: { calls: CALL },
  timeTracking: {},
  environment: {},
  promptStudio: { promptsUsed: {} },
};

/** A task as the caller spells it, from the body of a request. */
export function fromWire({ sections, ...body }: Record<string, unknown>): TaskData {
  return {
    ...(rename(body, TASK) as TaskData),
    ...Object.fromEntries(
      Object.entries((sections as object | undefined) ?? {}).map(([name, section]) => [
        name,
        rename(section, SECTION),
      ]),
    ),
  };
}

/** Metadata and tags keep the names that the user has given to their members. */
function rename(value: unknown, shape: Shape | undefined): unknown {
  if (!shape || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => rename(item, shape));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const name = key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
      return [name, rename(member, shape[name])];
    }),
  );
}
