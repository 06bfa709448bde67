// The field app: which screen is shown, the bar that says how things stand, and notes that need to be read.
import { beReady } from '../web/offline.js';
import { speak, text } from '../web/texts.js';
import { changes, start, state } from './field-state.js';
import { clockTime, fill, from } from './field-parts.js';
import * as views from './field-views.js';

const TABS = { case: 'tasks', look: 'looks', edit: 'outbox' };
const place = document.getElementById('view');
const notes = document.getElementById('notes');
const net = document.getElementById('state-net');
const bar = document.getElementById('state');
let shown = ''; // the address of the screen that is drawn
let dirty = false; // somebody has begun to fill in a form, which no news may take away

document.documentElement.dataset.bsTheme = /(^|; )ld_theme=dark/.test(document.cookie) ? 'dark' : 'light';
if (/(^|; )ld_care=on/.test(document.cookie)) document.documentElement.setAttribute('data-care', '');

function done(act, number) {
  dirty = false;
  note(text('field.kept'), 'good');
  if (act === 'receive' || act === 'arrive' || act === 'contact') draw();
  else location.hash = number ? '#/tasks' : '#/outbox';
}

function note(words, tone = 'bad') {
  const line = document.createElement('p');
  line.className = `fd-note fd-${tone}`;
  line.textContent = words;
  notes.replaceChildren(line);
}

async function screen() {
  const [, name, id] = (location.hash || '#/tasks').split('/').map(decodeURIComponent);
  const how = { done, note };
  if (name === 'case' || name === 'look') {
    return views.task(id, { ...how, tab: name === 'look' ? 'looks' : 'tasks' }) ?? (name === 'look' ? views.looks() : views.tasks());
  }
  if (name === 'edit') return (await views.edit(id, how)) ?? views.waiting();
  if (name === 'report') return views.report(how);
  if (name === 'outbox') return views.waiting();
  return name === 'looks' ? views.looks() : views.tasks();
}

async function draw() {
  const isNew = shown !== location.hash;
  shown = location.hash;
  const made = mayWork() || location.hash === '#/outbox' ? await screen() : refusal();
  if (shown !== location.hash) return; // somebody went on while it was drawn
  const held = place.contains(document.activeElement) ? signOf(document.activeElement) : '';
  place.replaceChildren(made);
  place.removeAttribute('aria-busy');
  dirty = false;
  await made.ready?.();
  mark();
  if (isNew) document.getElementById('title').focus({ preventScroll: true });
  else if (held) place.querySelector(held)?.focus();
  if (isNew) scrollTo(0, 0);
}

// How the same link or button is found again once the screen is drawn anew.
function signOf(element) {
  const { href, dataset } = element;
  return href ? `a[href="${CSS.escape(element.getAttribute('href'))}"]` : dataset.do ? `[data-do=${dataset.do}]` : '';
}

// Without a network one works with what is kept; a report needs no more than knowing whose it is.
function mayWork() {
  if (state.access === 'signed_out' || state.access === 'no_rights') return false;
  return Boolean(state.owner) || (state.access === 'asking' && state.online);
}

function refusal() {
  const view = from('t-sign-in');
  return fill(view, { words: text(state.access === 'no_rights' ? 'field.no_rights' : 'field.signed_out') });
}

function mark() {
  const name = location.hash.split('/')[1] || 'tasks';
  for (const link of document.querySelectorAll('[data-tab]')) {
    if (link.dataset.tab === (TABS[name] ?? name)) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

function tellState() {
  const refused = state.pending.filter((entry) => entry.state === 'refused').length;
  const waiting = state.pending.length - refused;
  const last = state.sent[0]?.sentAt;
  const words = [waiting && text('field.waiting', { count: waiting }), refused && text('field.refused', { count: refused })];
  const quiet = last ? text('field.all_sent', { time: clockTime(last) }) : text('field.nothing');
  say(net, text(state.online ? 'field.online' : 'field.offline'));
  say(document.getElementById('state-outbox'), words.filter(Boolean).join(' · ') || quiet);
  bar.dataset.state = refused ? 'refused' : state.online ? 'online' : 'offline';
  count('tasks', state.work?.tasks.length ?? 0);
  count('looks', state.work?.looks.length ?? 0);
  count('outbox', state.pending.length);
}

function say(element, words) {
  if (element.textContent !== words) element.textContent = words; // only what is new is read aloud
}

function count(name, number) {
  const badge = document.querySelector(`[data-count=${name}]`);
  badge.hidden = !number;
  badge.textContent = number > 99 ? '99+' : number;
}

// Somebody is at work on a form: no news takes it away.
function isFilledIn() {
  return place.querySelector('form') && (dirty || place.querySelector('details[open]') || shown.startsWith('#/edit'));
}

place.addEventListener('input', () => (dirty = true));
place.addEventListener('change', () => (dirty = true));
place.addEventListener('click', (event) => event.target.closest('form button') && (dirty = true));
addEventListener('hashchange', draw);
changes.addEventListener('change', () => {
  tellState();
  if (!isFilledIn()) draw();
});
changes.addEventListener('outbox', ({ detail }) => {
  const entry = [...state.sent, ...state.pending].find((one) => one.id === detail.id);
  if (!entry || !['sent', 'refused'].includes(detail.kind)) return;
  const words = text(detail.kind === 'sent' ? 'field.sent' : 'field.was_refused', { label: entry.label });
  if (detail.kind === 'sent') note(words, 'good');
  else note(`${words} ${entry.refusal?.says ?? ''}`);
  speak(words);
});

start();
beReady('/field/sw.js', '/field/').then((isReady) => {
  if (!isReady) console.info(text('field.no_worker'));
  document.documentElement.dataset.offline = isReady ? 'ready' : 'no';
});
