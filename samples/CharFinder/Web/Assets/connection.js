// A WebSocket that comes back: it is opened again, sooner or later, each time it is lost.
const firstPause = 250, longestPause = 8000;

export class Connection {
  #path; #socket; #pause = firstPause; #timer;

  /** Calls onOpen each time it is connected, onMessage with what comes, read as JSON, and onLost when it is lost or cannot be had. */
  constructor(path, { onOpen, onMessage, onLost }) {
    this.#path = path;
    Object.assign(this, { onOpen, onMessage, onLost });
    this.#open();

    // Who comes back to the page, or to the network, need not wait.
    addEventListener('online', () => this.#hurry());
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.#hurry(); });
  }

  get isOpen() { return this.#socket?.readyState === WebSocket.OPEN; }

  get isConnecting() { return this.#socket?.readyState === WebSocket.CONNECTING; }

  send(message) { this.#socket.send(JSON.stringify(message)); }

  #open() {
    this.#timer = undefined;
    const socket = this.#socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${this.#path}`);
    socket.onopen = () => { this.#pause = firstPause; this.onOpen(); };
    socket.onmessage = event => this.onMessage(JSON.parse(event.data));
    socket.onclose = () => {
      this.#timer = setTimeout(() => this.#open(), this.#pause * (0.5 + Math.random()));
      this.#pause = Math.min(this.#pause * 2, longestPause);
      this.onLost();
    };
  }

  #hurry() {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#open();
  }
}
