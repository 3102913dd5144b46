// The keyboard. A view registers its keys while it is shown.
import { h } from './dom.js';

/** @typedef {{ key: string, does: string, run: (event: KeyboardEvent) => void }} Key */

/** @type {Set<Key[]>} */
const active = new Set();

/**
 * @param {Key[]} keys
 * @returns {() => void} takes them away
 */
export function useKeys(keys) {
  active.add(keys);
  return () => active.delete(keys);
}

export function startKeys() {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const { target } = event;
    const isTyping =
      target instanceof HTMLElement &&
      target.matches('input:not([type=checkbox]), select, textarea');
    if (isTyping && event.key !== 'Escape') return;
    if (isTyping) return target.blur();
    if (document.querySelector('dialog[open]')) return;
    for (const keys of [...active].reverse()) {
      const key = keys.find((candidate) => candidate.key === event.key);
      if (!key) continue;
      // A link or button that has the focus keeps its Enter.
      const isOnControl = target instanceof HTMLElement && target.closest('a, button, summary');
      if (event.key === 'Enter' && isOnControl) return;
      event.preventDefault();
      key.run(event);
      return;
    }
  });
}

/** Shows all keys that do something here. */
export function showHelp() {
  const keys = [...active].reverse().flat();
  const dialog = h(
    'dialog',
    { 'aria-labelledby': 'help-title', on: { close: () => dialog.remove() } },
    h('h2', { id: 'help-title' }, 'Keyboard'),
    h(
      'dl',
      {},
      keys.flatMap(({ key, does }) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, does)]),
    ),
    h('form', { method: 'dialog' }, h('button', {}, 'Close')),
  );
  document.body.append(dialog);
  dialog.showModal();
}
