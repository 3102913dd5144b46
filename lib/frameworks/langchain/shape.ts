import { warn } from '../../bridge/warnings';

let hasWarned = false;

/** Warns once if a release of LangChain passes other values to handlers. */
export function checkId(id: unknown): void {
  if (typeof id === 'string' || hasWarned) return;
  hasWarned = true;
  warn(
    'INFINIUM_WATCH',
    'This version of @langchain/core calls handlers in another way, so its runs may be missing from traces. ' +
      'Update infinium-o2, or use a version of @langchain/core that its docs/frameworks.md lists.',
  );
}
