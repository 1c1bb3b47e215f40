// Makes names.txt.br, the names of Unicode's characters, from the npm package @unicode/unicode-15.1.0: the second column
// of the consortium's UnicodeData.txt as a map. Needed only to make the file again, or for another version of Unicode:
//
//   npm install --prefix /tmp/unicode @unicode/unicode-15.1.0
//   node make-names.mjs /tmp/unicode/node_modules/@unicode/unicode-15.1.0 [UnicodeData.txt]
//
// With a UnicodeData.txt of the same or an older version (Debian's package unicode-data has one), the two are compared:
// every character there must be here, under the same name.
//
// A line of the file is `XXXX;NAME`, or for characters whose names follow by a rule (chapter 4.8 of the standard)
// `XXXX..YYYY;PREFIX-*` (the code point in hexadecimal) and `XXXX..YYYY;HANGUL SYLLABLE *` (the syllable's jamo).
// The code points ascend. What has no name (controls, surrogates, private use) is not there.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

const [folder, older] = process.argv.slice(2);
const version = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name.match(/unicode-([\d.]+)$/)[1];
const source = (await import(pathToFileURL(join(folder, 'Names/index.mjs')))).default;
const hex = code => code.toString(16).toUpperCase().padStart(4, '0');

// UnicodeData.txt gives whole ranges a label instead of names.
const ruleOfLabel = label =>
  /^CJK Ideograph( Extension [A-Z])?$/.test(label) ? 'CJK UNIFIED IDEOGRAPH-*'
  : /^Tangut Ideograph( Supplement)?$/.test(label) ? 'TANGUT IDEOGRAPH-*'
  : label === 'Hangul Syllable' ? 'HANGUL SYLLABLE *'
  : /^(<control>|.*Surrogate|(Plane 1[56] )?Private Use)$/.test(label) ? null
  : undefined;

const lines = [];
let range = null;
const close = () => { if (range) lines.push(`${hex(range.first)}..${hex(range.last)};${range.rule}`); range = null; };
for (const [code, name] of [...source].sort((a, b) => a[0] - b[0])) {
  const isName = /^[A-Z0-9 -]+$/.test(name);
  const rule = !isName ? ruleOfLabel(name) : name.endsWith(`-${hex(code)}`) ? `${name.slice(0, -hex(code).length)}*` : undefined;
  if (!isName && rule === undefined) throw new Error(`U+${hex(code)}: no rule for '${name}'`);
  if (range && (range.rule !== rule || range.last !== code - 1)) close();
  if (rule) range ? range.last = code : range = { first: code, last: code, rule };
  else if (isName) lines.push(`${hex(code)};${name}`);
}
close();

if (older) {
  for (const line of readFileSync(older, 'utf8').split('\n').filter(Boolean)) {
    const [code, name] = line.split(';');
    if (!name.startsWith('<') && source.get(parseInt(code, 16)) !== name)
      throw new Error(`U+${code} is '${name}' in ${older}, '${source.get(parseInt(code, 16))}' in ${folder}`);
  }
}

const text = Buffer.from(`Unicode ${version}\n${lines.join('\n')}\n`, 'ascii');
const packed = brotliCompressSync(text, { params: {
  [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
  [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
  [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
  [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
} });
writeFileSync(new URL('names.txt.br', import.meta.url), packed);
console.log(`Unicode ${version}: ${lines.length} lines, ${text.length} bytes, ${packed.length} packed`);
