// The page of live searches: the newest first.
import { Connection } from './connection.js';

const most = 200;
const byId = id => document.getElementById(id);
const [list, message, pause] = [byId('searches'), byId('message'), byId('pause')];
let isPaused = false;

function element(name, className, text) {
  return Object.assign(document.createElement(name), { className, textContent: text });
}

function show({ at, reader, query, count }) {
  const item = document.createElement('li');
  const link = Object.assign(element('a', 'query', query), { href: `/?query=${encodeURIComponent(query)}` });
  const time = Object.assign(element('time', '', new Date(at).toLocaleTimeString()), { dateTime: at });
  item.append(time, link, element('span', 'count', count === 1 ? '1 match' : `${count.toLocaleString('en')} matches`), element('span', 'who', `reader ${reader}`));
  list.prepend(item);
  while (list.childElementCount > most) list.lastElementChild.remove();
}

new Connection('/live/feed', {
  onOpen() { list.replaceChildren(); message.textContent = 'Connected: searches appear as they are made.'; },
  onMessage(search) { if (!isPaused) show(search); },
  onLost() { message.textContent = 'The connection is lost. Trying again…'; },
});

pause.addEventListener('click', () => {
  isPaused = !isPaused;
  pause.setAttribute('aria-pressed', isPaused);
});
