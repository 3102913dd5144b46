// Copies texts.
import { h } from './dom.js';
import { toast } from './toast.js';

/**
 * A button that copies a text.
 *
 * @param {string} label
 * @param {() => string | Promise<string>} makeText
 */
export function copyButton(label, makeText) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(await makeText());
      toast('Copied');
    } catch (error) {
      toast(`Not copied: ${error instanceof Error ? error.message : error}`);
    }
  };
  return h('button', { on: { click: copy } }, label);
}
