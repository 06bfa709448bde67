// The frame: menus, theme, 关怀版, progress line, demo sign-in, sessions that ended.

import { text } from './texts.js';
import { toast } from './toast.js';

const YEAR_S = 31536000;

function remember(name, value) {
  const secure = location.protocol === 'https:' ? ';secure' : '';
  document.cookie = `${name}=${value};path=/;max-age=${YEAR_S};samesite=lax${secure}`;
}

const CLICKS = {
  '[data-toggle-theme]': (button) => {
    const dark = document.documentElement.dataset.bsTheme !== 'dark';
    document.documentElement.dataset.bsTheme = dark ? 'dark' : 'light';
    button.setAttribute('aria-pressed', dark);
    remember('ld_theme', dark ? 'dark' : 'light');
  },
  '[data-toggle-care]': (button) => {
    const on = document.documentElement.toggleAttribute('data-care');
    button.setAttribute('aria-pressed', on);
    remember('ld_care', on ? 'on' : 'off');
  },
  '[data-close]': (button) => button.closest('dialog')?.close(),
  '[data-demo-account]': (button) => {
    const form = document.getElementById('sign-in');
    form.elements.username.value = button.dataset.demoAccount;
    form.elements.password.value = button.dataset.demoPassword;
    form.querySelector('button').focus();
  },
};

document.addEventListener('click', (event) => {
  for (const [selector, act] of Object.entries(CLICKS)) {
    const target = event.target.closest(selector);
    if (target) act(target);
  }
  closeMenus(event.target.closest('.ld-menu'));
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  const open = document.querySelector('.ld-menu[open]');
  if (!open) return;
  open.open = false;
  open.querySelector('summary').focus();
});

function closeMenus(except) {
  for (const menu of document.querySelectorAll('.ld-menu[open]')) if (menu !== except) menu.open = false;
}

// Progress line for what a person asked for, not for silent refreshes.
let running = 0;

function asked(event) {
  return event.detail?.ctx?.sourceEvent?.isTrusted;
}

function busy(change) {
  running = Math.max(0, running + change);
  document.body.classList.toggle('ld-busy', running > 0);
}

document.addEventListener('htmx:before:request', (event) => asked(event) && busy(1));
document.addEventListener('htmx:finally:request', (event) => asked(event) && busy(-1));

// A session that ended answers with the sign-in page: load it whole instead of putting it into a pane, but never
// at the price of what somebody has typed.
document.addEventListener('htmx:after:request', (event) => {
  const { ctx } = event.detail;
  const answer = ctx.response?.raw;
  if (!answer?.redirected || !new URL(answer.url).pathname.endsWith('/sign-in/')) return;
  event.preventDefault();
  if (ctx.request.method === 'GET' && !document.querySelector('form[data-dirty]')) location.reload();
  else toast('error', text('net.signed_out'));
});

// Another tab may have signed in anew meanwhile: the cookie holds the token that counts.
document.addEventListener('htmx:config:request', (event) => {
  const { request } = event.detail.ctx;
  const token = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  if (!token || request.method === 'GET') return;
  request.headers['X-CSRFToken'] = token;
  if (request.body?.has?.('csrfmiddlewaretoken')) request.body.set('csrfmiddlewaretoken', token);
});

// What is being filled in stays until it is sent: a region marked data-guarded is not refreshed under one's hands.
// So is a region with a form somebody unfolded to fill in.
const HELD = 'form[data-dirty], details[data-opened][open] form';
document.addEventListener('input', (event) => event.target.closest?.('form')?.setAttribute('data-dirty', ''));
document.addEventListener('click', (event) => event.target.closest?.('[data-guarded] summary')?.parentElement.setAttribute('data-opened', ''));

// A link to a fold opens it, and the folds around it.
function unfold() {
  const named = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  for (let fold = named?.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
  if (named?.matches('details')) named.scrollIntoView({ block: 'center' });
}
unfold();
window.addEventListener('hashchange', unfold);
document.addEventListener('htmx:before:request', (event) => {
  const region = event.target.closest?.('[data-guarded]');
  const silent = event.detail.ctx.request.method === 'GET' && !asked(event);
  if (region === event.target && silent && region.querySelector(HELD)) event.preventDefault();
});
// The answer may come after the first key was pressed: it is dropped as well.
document.addEventListener('htmx:before:swap', (event) => {
  const { ctx } = event.detail;
  const region = event.target.closest?.('[data-guarded]');
  const silent = ctx?.request?.method === 'GET' && !asked(event);
  if (region && silent && region.querySelector(HELD)) event.preventDefault();
});

// One's own photo raises the version of the forms beside it; somebody else's change does not.
document.addEventListener('ld:version', (event) => {
  for (const field of document.querySelectorAll('input[name=version]')) {
    if (field.value === String(event.detail.from)) field.value = event.detail.to;
  }
});

// A silent refresh that fails keeps what is on screen; the live sign tells that the page is not current. A change
// that was refused without its form (403, 404, 413, 500, 503) keeps the form as well, and says why beside it.
document.addEventListener('htmx:before:swap', (event) => {
  const { ctx } = event.detail;
  if (!(ctx?.response?.status >= 400)) return;
  if (ctx.request?.method === 'GET') {
    if (!asked(event)) event.preventDefault();
  } else if (!ctx.text.includes('<form')) {
    event.preventDefault();
    toast('error', refusalIn(ctx.text));
  }
});

function refusalIn(html) {
  const told = new DOMParser().parseFromString(html, 'text/html').querySelectorAll('.ld-refusal > p');
  return [...told].map((line) => line.textContent.trim()).join(' ') || text('net.failed');
}
