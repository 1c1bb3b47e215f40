// One search at a time: its pages come over a WebSocket, or by requests while there is none.
//   1. A search is {id, query, next, count, wanted, again}: results before `next` are here, `wanted` more pages are asked for,
//      `again` once it has been told to the server, so that it does not count as another.
//   2. What arrives for another search than the last, or twice, is dropped.
//   3. A connection that is lost takes nothing with it: what is wanted, then or later, is asked for from `next` on. A new connection
//      knows nothing of the search until it is told.
import { Connection } from './connection.js';

export const pageSize = 200;

const asPython = text => text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text}'`;

export class Searcher {
  #search = { id: 0, query: null, next: 0, count: null, wanted: 0, again: false };
  #connection; #isFetching = false; #isTold = false;

  /** onHead(count, status) begins a result, onPage(start, rows) brings rows [code, name, block], onTrouble(text) tells of trouble, '' of its end. */
  constructor(handlers) {
    Object.assign(this, handlers);
    this.#connection = new Connection('/find', {
      onOpen: () => { this.#isTold = false; this.onTrouble(''); this.#ask(); },
      onMessage: message => this.#take(message),
      onLost: () => { if (this.#isWanting) this.#fetch(); else this.onTrouble('The connection is lost. Trying again…'); },
    });
  }

  get query() { return this.#search.query; }

  get isWaiting() { return this.#search.wanted > 0; }

  get isComplete() { return this.#search.count !== null && this.#search.next >= this.#search.count; }

  find(query, again = false) {
    this.#search = { id: this.#search.id + 1, query, next: 0, count: null, wanted: 1, again };
    this.#isTold = false;
    this.#ask();
  }

  more(pages) {
    if (this.isComplete || this.#search.count === null) return;
    this.#search.wanted += pages;
    if (this.#connection.isOpen && this.#isTold) this.#connection.send({ id: this.#search.id, pages });
    else this.#ask();
  }

  get #isWanting() { return this.#search.query !== null && (this.#search.count === null || (this.isWaiting && !this.isComplete)); }

  #ask() {
    const { id, query, next, wanted, again } = this.#search;
    if (!this.#isWanting) return;
    if (this.#connection.isOpen) {
      this.#isTold = true;
      this.#connection.send({ id, query, start: next, pages: wanted, again });
    } else if (!this.#connection.isConnecting) {
      this.#fetch();
    }
  }

  #take(message) {
    if (message.id !== this.#search.id) return;
    if (message.rows) this.#takePage(message.start, [...withBlocks(message)]);
    else this.#takeHead(message.count, message.status);
  }

  #takeHead(count, status) {
    const isNew = this.#search.count === null;
    [this.#search.count, this.#search.again] = [count, true];
    if (count === 0) this.#search.wanted = 0;
    if (isNew) this.onHead(count, status);
  }

  #takePage(start, rows) {
    const search = this.#search;
    if (start !== search.next) return;
    search.next += rows.length;
    search.wanted = search.next >= search.count ? 0 : Math.max(search.wanted - 1, 0);
    this.onPage(start, rows);
  }

  async #fetch() {
    if (this.#isFetching) return;
    this.#isFetching = true;
    try {
      while (this.#isWanting && !this.#connection.isOpen) {
        const { id, query, next, again } = this.#search;
        const reply = await fetch(`/search?q=${encodeURIComponent(query)}&start=${next}&stop=${next + pageSize}${again ? '&again' : ''}`);
        if (!reply.ok) throw new Error((await reply.json()).error);
        const rows = (await reply.json()).map(found => [parseInt(found.code.slice(2), 16), found.name, found.block]);
        if (id !== this.#search.id) continue;
        const count = Number(reply.headers.get('X-Total-Count'));
        this.#takeHead(count, query === '' ? 'Enter words describing characters.'
          : `${count === 0 ? 'No match' : count === 1 ? '1 match' : `${count} matches`} for ${asPython(query)}`);
        if (rows.length > 0) this.#takePage(next, rows);
        this.onTrouble('');
      }
    } catch (error) {
      // Once the connection is there again, what is missing is asked for; if it is there already, that is no trouble any more.
      if (!this.#connection.isOpen) this.onTrouble(error instanceof TypeError ? 'The server does not answer. Trying again…' : error.message);
    } finally {
      this.#isFetching = false;
    }
  }
}

function* withBlocks({ rows, blocks }) {
  let place = 0;
  for (const [block, count] of blocks)
    for (const end = place + count; place < end; place++) yield [...rows[place], block];
}
