// A directory outside the repository whose programs find this package and its development dependencies.
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { useDirectory } from './use';

const root = path.resolve(__dirname, '../..');

/** Such a directory for each test. */
export function useConsumer(): { readonly path: string } {
  const directory = useDirectory();
  beforeEach(() => {
    const packages = path.join(directory.path, 'node_modules');
    mkdirSync(packages);
    symlinkSync(root, path.join(packages, 'infinium-o2'), 'junction');
    const installed = path.join(root, 'node_modules');
    for (const name of readdirSync(installed).filter((each) => !each.startsWith('.'))) {
      symlinkSync(path.join(installed, name), path.join(packages, name), 'junction');
    }
  });
  return directory;
}
