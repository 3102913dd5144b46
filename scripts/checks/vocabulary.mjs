// Finds words that the project has given up: private names of things that have a common name, and English
// that readers stumble over. docs/ARCHITECTURE.md has a glossary of the names in use.
import { readSources } from './files.mjs';

const FORBIDDEN =
  /\b(mailbox(es)?|shel(f|ves)|bells?|may_pass|linkOf|kLink|tellWhenIdle|tell_when_idle|LETTING_GO|whoever|somebody|(has|have) no hope|hopeless|in vain|mend(s|ed|ing)?)\b|(\b|_)strikes\b/gi;
/** Where a letter is not one of the alphabet. */
const LETTERS = /\bletters?\b/gi;
const HAS_EVENTS = /^(src|lib\/bridge)\/|^docs\/ARCHITECTURE\.md$/;

/** @returns {string[]} one line for each problem */
export function checkVocabulary() {
  return readSources()
    .filter(({ file }) => file !== 'scripts/checks/vocabulary.mjs')
    .flatMap(({ file, text }) => {
      const patterns = HAS_EVENTS.test(file) ? [FORBIDDEN, LETTERS] : [FORBIDDEN];
      return text.split('\n').flatMap((line, index) => {
        const words = patterns.flatMap((pattern) => line.match(pattern) ?? []);
        return words.map((word) => `${file}:${index + 1}: "${word}"`);
      });
    });
}
