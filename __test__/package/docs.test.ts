// What the documents say of the package and of each other.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { docs, guides, list, read } from '../support/docs';

const root = path.resolve(__dirname, '../..');
const examples = list('examples').filter((file) => file.endsWith('.md'));

it('keeps the README short enough to read in five minutes', () => {
  expect(read('README.md').split('\n').length).toBeLessThanOrEqual(251);
});

it('links only to headings that exist', () => {
  const anchors = (doc: string) =>
    [...read(doc).matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
      title
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
  const dead = docs.flatMap((doc) =>
    [...read(doc).matchAll(/\]\(([^):\s]*)#([^)\s]+)\)/g)]
      .filter(([, link, anchor]) => {
        const target = path.posix.join(path.posix.dirname(doc), link || path.posix.basename(doc));
        return !anchors(target).includes(anchor);
      })
      .map(([link]) => `${doc}: ${link}`),
  );
  expect(dead).toEqual([]);
});

it('links to every guide from the README', () => {
  const linked = [...read('README.md').matchAll(/\]\((docs\/[^)#]+)/g)].map(([, link]) => link);
  expect([...new Set(linked)].sort()).toEqual([...guides].sort());
});

it('links only to files that exist', () => {
  const dead = ['CHANGELOG.md', 'CONTRIBUTING.md', ...docs, ...examples].flatMap((doc) =>
    [...read(doc).matchAll(/\]\((?!https?:)([^)#\s]+)[^)]*\)/g)]
      .filter(([, link]) => !existsSync(path.join(root, path.dirname(doc), link)))
      .map(([link]) => `${doc}: ${link}`),
  );
  expect(dead).toEqual([]);
});

it('has a section for each integration, in the guide and its contents, and names it in the README', () => {
  const { exports } = JSON.parse(read('package.json'));
  const names = Object.keys(exports)
    .map((name) => name.slice(2))
    .filter((name) => !['', 'embedded', 'package.json'].includes(name));
  const guide = read('docs/frameworks.md');
  const [table = ''] = /^\| framework.*?\n\n/ms.exec(guide) ?? [];
  for (const text of [read('README.md'), table]) {
    expect(names.filter((name) => !text.includes(`infinium-o2/${name}`))).toEqual([]);
  }
  const [contents = ''] = /^Contents: .*?\n\n/ms.exec(guide) ?? [];
  const sections = [...guide.matchAll(/^## (.*)$/gm)].map(([, title]) => title.toLowerCase());
  const listed = [...contents.matchAll(/\[(.*?)\]/g)].map(([, title]) => title.toLowerCase());
  expect(listed).toEqual(sections);
});

it('describes each option of a client once, and no other', () => {
  const [, config] = /interface ClientConfig \{(.*?)^\}/ms.exec(read('index.d.ts')) ?? [];
  const options = [...(config ?? '').matchAll(/^ {2}(\w+)\?:/gm)].map(([, name]) => name);
  const rows = [...read('docs/configuration.md').matchAll(/^\| `([a-z]\w+)` /gm)];
  expect(options.length).toBeGreaterThan(20);
  expect(rows.map(([, name]) => name).sort()).toEqual(options.sort());
});

it('says what to do about each error', () => {
  const errors = [...read('index.d.ts').matchAll(/^export class (\w+Error)\b/gm)];
  const rows = [...read('README.md').matchAll(/^\| `(\w+Error)`/gm)].map(([, name]) => name);
  expect(rows.sort()).toEqual(errors.map(([, name]) => name).sort());
});

it('lists every command of the repository', () => {
  const { scripts } = JSON.parse(read('package.json'));
  const listed = read('CONTRIBUTING.md');
  const has = (name: string) =>
    listed.includes(`\`npm run ${name}`) || listed.includes(`\`${name}\``);
  expect(Object.keys(scripts).filter((name) => name !== 'test' && !has(name))).toEqual([]);
});

it('names tests in RELIABILITY.md that exist', () => {
  const files = [...list('__test__'), ...list('crates')].map((file) => `/${file}`);
  const promised = read('docs/RELIABILITY.md').matchAll(/`([\w/-]+\.(?:test\.ts|rs))`/g);
  const names = [...new Set([...promised].map(([, name]) => name))];
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !files.some((file) => file.endsWith(`/${name}`)))).toEqual([]);
});
