// The call at hand. The panel is asked for when the page opens, whenever the stream says that a call of this person
// moved, and every few seconds while one goes on, for a line that broke must not leave a caller on the screen.
//
// Markup: `workbench/call.html`. Its fields `call` and `use_caller` belong to the form of the desk.

const panel = document.getElementById('call');
const EVERY_MS = 10000;

function refresh() {
  const kept = new Map([...panel.querySelectorAll('.wb-wish input[name=note]')].map((input) => [input.id, input]));
  const typing = kept.get(document.activeElement?.id);
  const words = new Map([...kept].map(([id, input]) => [id, input.value]));
  return window.htmx
    .ajax('POST', panel.dataset.src, { source: panel, target: panel, swap: 'innerHTML' })
    .then(() => {
      for (const [id, value] of words) {
        const input = document.getElementById(id);
        if (input && value) input.value = value;
      }
      if (typing) document.getElementById(typing.id)?.focus();
    });
}

// Without an answer nobody knows whether the call still goes on: its number and cases go.
function forget() {
  if (!panel.querySelector('[data-live]')) return;
  const note = Object.assign(document.createElement('p'), { className: 'ld-faint wb-none', textContent: panel.dataset.gone });
  panel.replaceChildren(note);
}

document.body.addEventListener('ld:call', refresh);
panel.addEventListener('htmx:error', forget);
document.addEventListener('htmx:error', (event) => {
  if (event.detail?.ctx?.target === panel) forget();
});
setInterval(() => {
  const live = panel.querySelector('[data-live]');
  if (live && !panel.contains(document.activeElement)) refresh();
}, EVERY_MS);

// What must be confirmed is confirmed by the next key.
document.addEventListener('htmx:after:swap', () => panel.querySelector('[autofocus]')?.focus());

// Keys of a row hold while the row, or something in it, has the focus.
panel.addEventListener('focusin', (event) => {
  for (const button of panel.querySelectorAll('[data-row-key][data-key]')) delete button.dataset.key;
  const row = event.target.closest('[data-row]');
  for (const button of row?.querySelectorAll('[data-row-key]') ?? []) {
    button.dataset.key = button.dataset.rowKey;
    button.dataset.keyLabel = button.textContent.trim();
  }
});
panel.addEventListener('focusout', (event) => {
  if (panel.contains(event.relatedTarget)) return;
  for (const button of panel.querySelectorAll('[data-row-key][data-key]')) delete button.dataset.key;
});

// To the list is to its first row; N is to the words, for a note without words is none.
panel.addEventListener('focus', (event) => {
  if (event.target.matches('.wb-caller-cases')) event.target.querySelector('[data-row]')?.focus();
}, true);
panel.addEventListener('keydown', (event) => {
  const row = event.target.closest('[data-row]');
  if (!row || event.target.matches('input') || event.key !== 'n' || event.ctrlKey || event.altKey) return;
  event.preventDefault();
  row.querySelector('input[name=note]').focus();
});

refresh();
