import type { ExecutionStep, TaskData } from '../../../index';

/** Whether a trace is as expected. */
export interface Result {
  pass: boolean;
  /** What was expected, after `expected the trace to`. */
  expected: string;
  /** What is so instead. */
  actual: string;
}

/** What can be expected of a trace. */
export const checks = {
  toHaveCalledTool(trace: TaskData, name: string): Result {
    demand('toHaveCalledTool', name, 'string');
    const tools = stepsOf(trace).flatMap(({ toolCall }) => (toolCall ? [toolCall.toolName] : []));
    return {
      pass: tools.includes(name),
      expected: `call the tool ${JSON.stringify(name)}`,
      actual: `it called ${list(tools)}`,
    };
  },

  toHaveUsedModel(trace: TaskData, model: string): Result {
    demand('toHaveUsedModel', model, 'string');
    const calls = [
      ...stepsOf(trace).flatMap(({ llmCall }) => (llmCall ? [llmCall] : [])),
      ...(trace.llmUsage?.calls ?? []),
    ];
    const models = calls.map((call) => call.model);
    if (models.length === 0 && trace.llmUsage?.model) models.push(trace.llmUsage.model);
    return {
      pass: models.includes(model),
      expected: `use the model ${JSON.stringify(model)}`,
      actual: `it used ${list(models)}`,
    };
  },

  toHaveTokensBelow(trace: TaskData, limit: number): Result {
    demand('toHaveTokensBelow', limit, 'number');
    const tokens = tokensOf(trace);
    return {
      pass: tokens < limit,
      expected: `use fewer than ${limit} tokens`,
      actual: `it used ${tokens}`,
    };
  },

  toHaveSucceeded(trace: TaskData): Result {
    const [error] = trace.errors ?? [];
    return {
      pass: error === undefined,
      expected: 'succeed',
      actual: error ? `it failed with ${error.errorType}: ${error.message}` : 'it has no errors',
    };
  },
};

export type Checks = typeof checks;

/** @throws {TypeError} the value is no trace, which no expectation can be about */
export function readTrace(value: unknown): TaskData {
  const trace = value as TaskData | null | undefined;
  if (typeof trace?.name === 'string') return trace;
  throw new TypeError(`expected a trace of a test client (got ${describeOther(value)})`);
}

function describeOther(value: unknown): string {
  if (value === undefined) return 'undefined: was the client flushed?';
  if (Array.isArray(value)) return `an array of ${value.length}: pass one of its traces`;
  return value === null ? 'null' : typeof value;
}

/** @throws {TypeError} an expectation of nothing could never fail with `.not` */
function demand(expectation: string, value: unknown, type: 'string' | 'number'): void {
  if (typeof value === type && !Number.isNaN(value)) return;
  throw new TypeError(`${expectation} needs a ${type} (got ${value})`);
}

function stepsOf({ steps }: TaskData): ExecutionStep[] {
  return steps ?? [];
}

/** The total; without one, the sum of the calls. */
function tokensOf(trace: TaskData): number {
  const { llmUsage } = trace;
  if (typeof llmUsage?.totalTokens === 'number') return llmUsage.totalTokens;
  const calls = llmUsage ? [llmUsage] : stepsOf(trace).map(({ llmCall }) => llmCall);
  return calls.reduce(
    (sum, call) => sum + (call?.promptTokens ?? 0) + (call?.completionTokens ?? 0),
    0,
  );
}

function list(names: string[]): string {
  const different = [...new Set(names)].map((name) => JSON.stringify(name));
  return different.length > 0 ? different.join(', ') : 'none';
}
