'use strict';

/** Fewer steps than these cannot be too much together, as everything in them is cut to a length. */
const FEW = 15;

/** Bytes of JSON that a task may have here: less than the platform takes, for what the wire adds to keys. */
const MOST = 900_000;

/**
 * What a trace can do without, the first first.
 * @type {Array<[string, (task: any, steps: any[]) => void]>}
 */
const REDUCTIONS = [
  [
    'previews and stacks of LLM calls',
    (_task, steps) => {
      for (const step of steps) {
        step.inputPreview = undefined;
        step.outputPreview = undefined;
        if (step.error) step.error.stackTrace = undefined;
      }
    },
  ],
  [
    'llmUsage.calls',
    (task) => {
      task.llmUsage.calls = undefined;
    },
  ],
  [
    'metadata and errors of LLM calls',
    (_task, steps) => {
      for (const step of steps) {
        step.metadata = undefined;
        step.error = undefined;
      }
    },
  ],
];

/**
 * Leaves out of a trace with very many LLM calls what it can do without, rather than have all of it
 * refused for its size. What was left out is said in the metadata of its first step.
 *
 * @param {import('../../index').TaskData} task changed in place
 * @returns {import('../../index').TaskData} the same
 */
function trimTask(task) {
  const [execution, ...calls] = task.steps ?? [];
  if (calls.length < FEW || sizeOf(task) <= MOST) return task;
  /** @type {string[]} */
  const leftOut = [];
  execution.metadata = { leftOut };
  for (const [what, reduce] of REDUCTIONS) {
    reduce(task, calls);
    leftOut.push(what);
    if (sizeOf(task) <= MOST) return task;
  }
  leftOut.push('later LLM calls');
  while (calls.length > 0 && sizeOf(task) > MOST) {
    calls.length = Math.floor(calls.length / 2);
    task.steps = [execution, ...calls];
  }
  return task;
}

/** @param {import('../../index').TaskData} task */
function sizeOf(task) {
  return Buffer.byteLength(JSON.stringify(task));
}

module.exports = { trimTask };
