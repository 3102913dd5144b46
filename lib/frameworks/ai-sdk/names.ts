import type { RunOptions } from '../common';

/** Operations with a step of their own in a running trace: those that may make several calls. */
const AGENTS = /^ai\.(generate|stream)(Text|Object)$/;

/** @returns the name that the user gave to the operation, else that of the function */
export function nameOfRun({ functionId, operationId }: any): string {
  const given = typeof functionId === 'string' ? functionId.trim() : '';
  return given || String(operationId ?? 'ai').replace(/^ai\.|\.do[A-Z].*$/g, '');
}

/** @param event of the beginning of a run in version 7 */
export function startedRun(event: any): RunOptions {
  const { operationId, recordInputs, recordOutputs, runtimeContext } = event;
  return {
    name: nameOfRun(event),
    action: actionOf(operationId),
    input: inputOf(event),
    // The SDK has left out what the user has not released.
    metadata: { operation: operationId, ...runtimeContext },
    content: { input: recordInputs, output: recordOutputs },
  };
}

export function actionOf(operationId: unknown): 'agent' | null {
  return AGENTS.test(String(operationId)) ? 'agent' : null;
}

/** @returns the prompt: a text, if it is one */
export function inputOf({ prompt, messages, value, values, query, text }: any): unknown {
  if (prompt !== undefined && prompt !== null) return prompt;
  const [message, ...others] = Array.isArray(messages) ? messages : [];
  if (message && others.length === 0 && typeof message.content === 'string') {
    return message.content;
  }
  return message ? messages : (query ?? value ?? values ?? text);
}
