// A short message that goes away by itself.
import { byId } from './dom.js';

const SHOWN_MS = 4000;
let timer = 0;

/** @param {string} message */
export function toast(message) {
  const element = byId('status');
  element.textContent = message;
  element.hidden = false;
  clearTimeout(timer);
  timer = window.setTimeout(() => {
    element.hidden = true;
  }, SHOWN_MS);
}
