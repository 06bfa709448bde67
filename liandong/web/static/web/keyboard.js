// Shortcuts. An element says which key presses or focuses it, and what to call that in the list:
//   <button data-key="d" data-key-label="派遣">      <input data-key="alt+1">
// Inside a field only combinations with Ctrl or Alt, F-keys and Escape count, so typing stays typing.
// Lists: [data-list] with [data-row][id] inside; J and K move, Enter opens, data-list="open" opens at once.

const words = () => document.getElementById('ld-key-words')?.dataset ?? {};
const chosen = new WeakMap(); // list → id of the chosen row, kept when the list is refreshed

export function combination(event) {
  const key = event.key === ' ' ? 'space' : event.key.toLowerCase();
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push('ctrl');
  if (event.altKey) parts.push('alt');
  if (event.shiftKey && key.length > 1) parts.push('shift');
  // Alt+digit gives another character on some layouts; the key's place does not lie.
  const place = event.altKey && /^(Key|Digit)(.)$/.exec(event.code ?? '');
  parts.push(place ? place[2].toLowerCase() : key);
  return parts.join('+');
}

function typing(target) {
  return target.closest?.('input:not([type=checkbox],[type=radio],[type=button]), textarea, select, [contenteditable]');
}

function usable(element) {
  return element.getClientRects().length > 0 && !element.disabled && element.getAttribute('aria-disabled') !== 'true';
}

function holders() {
  const dialog = document.querySelector('dialog[open]');
  return [...(dialog ?? document).querySelectorAll('[data-key]')].filter(usable);
}

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.isComposing || !event.key) return;
  const pressed = combination(event);
  const alone = !/^(ctrl|alt)\+|^f\d+$|^escape$/.test(pressed);
  if (alone && typing(event.target)) return;
  const holder = holders().find((element) => element.dataset.key.split(' ').includes(pressed));
  const done = holder ? use(holder) : act(pressed, event);
  if (done) event.preventDefault();
});

function use(holder) {
  if (holder.matches('input:not([type=checkbox]), select, textarea, [data-focus]')) {
    holder.focus();
    holder.select?.();
  } else {
    holder.click();
  }
  return true;
}

function act(pressed, event) {
  if (pressed === '?') return showKeys();
  if (document.querySelector('dialog[open]')) return false;
  const list = event.target.closest?.('[data-list]') ?? document.querySelector('[data-list]');
  if (!list) return false;
  if (pressed === 'j') return move(list, 1);
  if (pressed === 'k') return move(list, -1);
  const inList = event.target.closest?.('[data-row]');
  if (inList && pressed === 'arrowdown') return move(list, 1);
  if (inList && pressed === 'arrowup') return move(list, -1);
  return false;
}

function move(list, by) {
  const rows = [...list.querySelectorAll('[data-row]')].filter(usable);
  if (!rows.length) return false;
  const kept = rows.findIndex((row) => row.id === chosen.get(list));
  const at = kept >= 0 ? kept : rows.findIndex((row) => row.hasAttribute('aria-current'));
  const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by));
  choose(list, rows[next]);
  if (list.dataset.list === 'open') rows[next].click();
  return true;
}

export function choose(list, row, { focus = true } = {}) {
  chosen.set(list, row.id);
  for (const other of list.querySelectorAll('[data-row][aria-current]')) other.removeAttribute('aria-current');
  row.setAttribute('aria-current', 'true');
  row.scrollIntoView({ block: 'nearest' });
  if (focus) (row.matches('a, [tabindex]') ? row : row.querySelector('a, [tabindex]'))?.focus({ preventScroll: true });
}

document.addEventListener('click', (event) => {
  const row = event.target.closest('[data-row]');
  const list = row?.closest('[data-list]');
  if (list) choose(list, row, { focus: false });
  if (event.target.closest('[data-show-keys]')) showKeys();
});

// A refreshed list keeps its chosen row.
document.addEventListener('htmx:after:swap', () => {
  for (const list of document.querySelectorAll('[data-list]')) {
    const row = chosen.has(list) && document.getElementById(chosen.get(list));
    if (row && list.contains(row)) row.setAttribute('aria-current', 'true');
  }
});

function showKeys() {
  const dialog = document.getElementById('keys');
  if (!dialog || dialog.open) return false;
  const lines = holders().map((holder) => [holder.dataset.keyLabel ?? holder.textContent.trim(), holder.dataset.key]);
  if (document.querySelector('[data-list]')) lines.push([words().next, 'j'], [words().previous, 'k'], [words().open, 'enter']);
  lines.push([words().help, '?']);
  dialog.querySelector('dl').replaceChildren(...lines.map(([label, key]) => line(label, key)));
  dialog.showModal();
  return true;
}

function line(label, key) {
  const row = document.createElement('div');
  const term = row.appendChild(document.createElement('dt'));
  term.textContent = label;
  const place = row.appendChild(document.createElement('dd'));
  for (const one of key.split(' ')) {
    const cap = place.appendChild(document.createElement('kbd'));
    cap.textContent = one.split('+').map((part) => part[0].toUpperCase() + part.slice(1)).join('+');
  }
  return row;
}
