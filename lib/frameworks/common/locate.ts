import { addLocate, type Located } from '../../trace/context';

/**
 * Lets what runs within an operation find it, where the framework keeps a context of its own and gives none to us:
 * watched clients, `traceTool` and `currentTrace()` then belong to the operation.
 *
 * @param find returns the operation or model call that runs here. Called often; it must be quick.
 */
export function locateBy(find: () => Located | undefined): void {
  addLocate(() => {
    try {
      return find();
    } catch {
      // The framework has changed. What runs here then belongs to the trace alone.
      return undefined;
    }
  });
}
