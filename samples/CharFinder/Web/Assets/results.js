// The table of results: a page of them is a <tbody>.
//   1. Pages far from the window are emptied and keep their height: a hundred thousand rows cost no more than some hundred.
//   2. A page that has the focus is never emptied.
const keptAround = '3000px 0px';

const hex = (code, digits) => code.toString(16).toUpperCase().padStart(digits, '0');
const inHtml = code => `&#x${hex(code, 1)};`;
const inCSharp = code => code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;

// What joins the character before it gets one, and what cannot be seen a frame.
const shown = char => /\p{M}/u.test(char) ? `◌${char}` : char;
const isInvisible = char => /[\p{Z}\p{C}]|\u2800/u.test(char);

const template = document.createElement('template');
template.innerHTML = '<tr role="row"><td role="cell"><button type="button" class="copy"></button></td>'
  + '<th role="rowheader" scope="row"><button type="button" class="copy"></button></th><td role="cell"></td><td role="cell"></td>'
  + '<td role="cell"><button type="button" class="copy"></button> <button type="button" class="copy"></button></td></tr>';

export class Results {
  #table; #pages = new Map(); #observer; #announce;

  constructor(table, announce) {
    this.#table = table;
    this.#announce = announce;
    this.#observer = new IntersectionObserver(entries => entries.forEach(entry => this.#show(entry)), { rootMargin: keptAround });
    table.setAttribute('role', 'table');
    table.addEventListener('click', event => this.#copy(event.target.closest('.copy')));
    table.addEventListener('keydown', event => this.#walk(event));
  }

  /** Begins a result of so many rows. */
  clear(count) {
    this.#observer.disconnect();
    this.#pages.clear();
    this.#table.querySelectorAll('tbody').forEach(body => body.remove());
    this.#table.setAttribute('aria-rowcount', count + 1);
  }

  append(start, rows) {
    const body = document.createElement('tbody');
    body.setAttribute('role', 'rowgroup');
    this.#pages.set(body, { start, rows });
    this.#fill(body);
    this.#table.append(body);
    this.#observer.observe(body);
  }

  #fill(body) {
    const { start, rows } = this.#pages.get(body);
    const made = document.createDocumentFragment();
    rows.forEach((row, place) => made.append(makeRow(row, start + place)));
    body.replaceChildren(made);
    body.style.height = '';
  }

  #show({ target, isIntersecting }) {
    if (!this.#pages.has(target)) return;
    const isEmpty = target.childElementCount === 0;
    if (isIntersecting && isEmpty) {
      this.#fill(target);
    } else if (!isIntersecting && !isEmpty && !target.contains(document.activeElement)) {
      target.style.height = `${target.getBoundingClientRect().height}px`;
      target.replaceChildren();
    }
  }

  async #copy(button) {
    if (!button) return;
    await copyText(button.dataset.copy);
    this.#announce(`Copied ${shown(button.dataset.copy)}`);
  }

  #walk(event) {
    const isDown = event.key === 'ArrowDown', button = event.target.closest('.copy');
    if (!button || (!isDown && event.key !== 'ArrowUp')) return;
    const row = button.closest('tr'), body = row.parentElement, step = isDown ? 'nextElementSibling' : 'previousElementSibling';
    const next = row[step] ?? (isDown ? body[step]?.firstElementChild : body.tagName === 'TBODY' && body[step]?.lastElementChild);
    const place = [...row.querySelectorAll('.copy')].indexOf(button);
    const target = next && next.querySelectorAll('.copy')[place];
    if (!target) return;
    event.preventDefault();
    target.focus();
  }
}

function makeRow([code, name, block], number) {
  const row = template.content.firstElementChild.cloneNode(true);
  const char = String.fromCodePoint(code);
  row.setAttribute('aria-rowindex', number + 2);
  const [codeCell, charCell, nameCell, blockCell] = row.children;
  const [codeButton, charButton, htmlButton, csharpButton] = row.querySelectorAll('.copy');
  setCopy(codeButton, `U+${hex(code, 4)}`);
  setCopy(charButton, char, shown(char));
  charButton.classList.toggle('invisible', isInvisible(char));
  nameCell.textContent = name;
  blockCell.textContent = block;
  setCopy(htmlButton, inHtml(code));
  setCopy(csharpButton, inCSharp(code));
  return row;
}

function setCopy(button, text, label = text) {
  button.dataset.copy = text;
  button.textContent = label;
  button.title = 'Copy';
  button.setAttribute('aria-label', `Copy ${label}`);
}

async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);

  // Without TLS, browsers give other machines' pages no clipboard but this.
  const box = Object.assign(document.createElement('textarea'), { value: text });
  const focused = document.activeElement;
  document.body.append(box);
  box.select();
  document.execCommand('copy');
  box.remove();
  focused?.focus();
}
