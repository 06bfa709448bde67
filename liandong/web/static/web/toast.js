// Short messages at the corner. From the server: the header HX-Trigger {"ld:toast": {"level": …, "message": …}}.
import { text } from './texts.js';

const TONES = {
  success: ['green', 'check-circle'],
  info: ['blue', 'info-circle'],
  warning: ['amber', 'exclamation-triangle'],
  error: ['red', 'x-octagon'],
};
const SHOWN_MS = { success: 4000, info: 6000 }; // warnings and errors stay until closed
const MOST = 4;

export function toast(level, message) {
  const shelf = document.getElementById('toasts');
  const pattern = document.getElementById('ld-toast');
  if (!shelf || !pattern) return;
  const card = pattern.content.firstElementChild.cloneNode(true);
  const [tone, icon] = TONES[level] ?? TONES.info;
  card.dataset.level = level;
  card.className = `ld-toast ld-tone-${tone}`;
  const use = card.querySelector('use');
  use.setAttribute('href', `${use.getAttribute('href').split('#')[0]}#${icon}`);
  card.querySelector('p').textContent = message;
  shelf.append(card);
  while (shelf.children.length > MOST) shelf.firstElementChild.remove();
  expire(card);
}

function expire(card) {
  const after = SHOWN_MS[card.dataset.level];
  if (after) setTimeout(() => card.remove(), after);
}

document.querySelectorAll('.ld-toast').forEach(expire);
document.addEventListener('click', (event) => event.target.closest('[data-dismiss]')?.closest('.ld-toast')?.remove());
document.addEventListener('ld:toast', (event) => toast(event.detail.level, event.detail.message));

// A request that never reached the server has no page to show: say so here.
document.addEventListener('htmx:error', (event) => {
  const { error, ctx } = event.detail;
  if (!ctx?.request) return;
  const timedOut = ctx.request.signal?.reason === 'timeout';
  if (ctx.request.method === 'GET' && !ctx.sourceEvent?.isTrusted) return; // a silent refresh; the live sign tells
  toast('error', text(timedOut || error?.name === 'AbortError' ? 'net.timeout' : 'net.failed'));
});
