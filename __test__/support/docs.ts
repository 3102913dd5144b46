// The README and the guides, as files and as blocks of code.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');

/** A file's text; the path is from the root of the repository. */
export function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

/**
 * The files in a folder and below it, as paths from the root with slashes. Installed packages are left out: a link to
 * this package is among them, in which there would be no end.
 */
export function list(folder: string): string[] {
  const entries = readdirSync(path.join(root, folder), { withFileTypes: true });
  return entries
    .filter(({ name }) => name !== 'node_modules')
    .flatMap((entry) => {
      const file = `${folder}/${entry.name}`;
      return entry.isDirectory() ? [file, ...list(file)] : [file];
    });
}

export const guides = list('docs').filter((file) => file.endsWith('.md'));
export const docs = ['README.md', ...guides];

/** Every fenced block, with the language that its fence names. */
export const blocks = docs.flatMap((doc) =>
  [...read(doc).matchAll(/^```(.*?)\n(.*?)^```/gms)].map(([, language, code], index) => ({
    name: `${doc}, block ${index + 1}`,
    language,
    code,
  })),
);
