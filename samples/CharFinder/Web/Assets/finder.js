// The page that searches: finds while it is typed, and brings pages of results as the reader scrolls.
import { Results } from './results.js';
import { Searcher, pageSize } from './searcher.js';

const typingPause = 120, nearTheEnd = 1500, everything = 1000000, copiedShown = 2500;
const byId = id => document.getElementById(id);
const [form, box, message, trouble, copied, progress, bar, share, all, more] =
  ['form', 'query', 'message', 'trouble', 'copied', 'progress', 'bar', 'share', 'all', 'more'].map(byId);

let count = 0, come = 0, typing, hiding;
byId('pages')?.remove();

const results = new Results(byId('results'), text => {
  copied.textContent = text;
  clearTimeout(hiding);
  hiding = setTimeout(() => { copied.textContent = ''; }, copiedShown);
});

const searcher = new Searcher({
  onHead(found, status) {
    [count, come] = [found, 0];
    message.textContent = status;
    results.clear(count);
    showProgress();
  },
  onPage(start, rows) {
    results.append(start, rows);
    come = start + rows.length;
    showProgress();
    requestAnimationFrame(bringMore);
  },
  onTrouble(text) { trouble.textContent = text; },
});

function showProgress() {
  progress.hidden = count === 0;
  more.hidden = all.hidden = come >= count;
  [bar.max, bar.value] = [Math.max(count, 1), come];
  share.textContent = come >= count ? `all ${count.toLocaleString('en')}` : `${come.toLocaleString('en')} of ${count.toLocaleString('en')}`;
  byId('next').textContent = `Show ${Math.min(pageSize, count - come)} more`;
}

function bringMore() {
  if (!more.hidden && !searcher.isWaiting && more.getBoundingClientRect().top < innerHeight + nearTheEnd) searcher.more(1);
}

function find(query, remember, again) {
  clearTimeout(typing);
  query = query.trim();
  if (query === searcher.query) return;
  if (remember) history[remember](null, '', query === '' ? '/' : `/?query=${encodeURIComponent(query)}`);
  document.title = query === '' ? 'Charfinder' : `${query} – Charfinder`;
  scrollTo({ top: 0 });
  searcher.find(query, again);
}

box.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(() => find(box.value, 'replaceState'), typingPause);
});
form.addEventListener('submit', event => { event.preventDefault(); find(box.value, 'pushState'); });
document.querySelector('.examples').addEventListener('click', event => {
  if (event.target.tagName !== 'A' || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  box.value = event.target.textContent;
  find(box.value, 'pushState');
});
addEventListener('popstate', () => { box.value = new URLSearchParams(location.search).get('query') ?? ''; find(box.value); });
addEventListener('keydown', event => {
  if (event.key === '/' && document.activeElement !== box && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    box.focus();
    box.select();
  }
});
byId('next').addEventListener('click', () => searcher.more(1));

// It stands above the results: below them it would run away from whoever scrolls there to press it.
all.addEventListener('click', () => searcher.more(everything));
new IntersectionObserver(bringMore, { rootMargin: `${nearTheEnd}px` }).observe(more);
addEventListener('scroll', bringMore, { passive: true });

// The server has searched for it already, to make the page.
if (box.value.trim() !== '') find(box.value, undefined, box.value === box.defaultValue);
