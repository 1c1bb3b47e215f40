// Makes blocks.txt, Unicode's blocks, from the npm package @unicode/unicode-15.1.0, which has their ranges, and the
// consortium's Blocks.txt of that or an older version (Debian's package unicode-data has one), which has their names as people
// write them ("Latin-1 Supplement"; the package's folder is Latin_1_Supplement). A block that only the package has gets its
// folder's words. Needed only to make the file again:
//
//   npm install --prefix /tmp/unicode @unicode/unicode-15.1.0
//   node make-blocks.mjs /tmp/unicode/node_modules/@unicode/unicode-15.1.0 /usr/share/unicode/Blocks.txt
//
// A line of the file is `XXXX..YYYY;NAME`, as in Blocks.txt; the blocks ascend.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, older] = process.argv.slice(2);
const version = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name.match(/unicode-([\d.]+)$/)[1];
const hex = code => code.toString(16).toUpperCase().padStart(4, '0');
// The standard compares names without case, spaces, hyphens and underscores.
const key = name => name.toLowerCase().replace(/[\s_-]/g, '');

const named = new Map();
for (const line of readFileSync(older, 'utf8').split('\n')) {
  const [, range, name] = line.match(/^([0-9A-F]+\.\.[0-9A-F]+); (.+)$/) ?? [];
  if (name) named.set(key(name), { range, name });
}

const blocks = [];
for (const block of readdirSync(join(folder, 'Block'))) {
  if (key(block) === 'noblock' || block === 'undefined') continue;
  const ranges = (await import(pathToFileURL(resolve(folder, 'Block', block, 'ranges.mjs')))).default;
  if (ranges.length !== 1) throw new Error(`${block} has ${ranges.length} ranges`);
  const [first, last] = [ranges[0].begin, ranges[0].end - 1];
  const range = `${hex(first)}..${hex(last)}`;
  const known = named.get(key(block));
  if (known && known.range !== range) throw new Error(`${block} is ${range} in ${folder}, ${known.range} in ${older}`);
  blocks.push({ first, line: `${range};${known?.name ?? block.replaceAll('_', ' ')}`, isKnown: Boolean(known) });
  named.delete(key(block));
}

if (named.size > 0) throw new Error(`only in ${older}: ${[...named.keys()].join(', ')}`);
blocks.sort((a, b) => a.first - b.first);
const text = `Unicode ${version}\n${blocks.map(block => block.line).join('\n')}\n`;
writeFileSync(new URL('blocks.txt', import.meta.url), text);
console.log(`Unicode ${version}: ${blocks.length} blocks, ${text.length} bytes; only in the package: `
  + blocks.filter(block => !block.isKnown).map(block => block.line).join(', '));
