// The list of cases: choosing rows by mouse and keyboard, kept while the list refreshes itself.

const form = document.getElementById('chosen');
const chosen = new Map(); // number → version as it was when it was chosen
const page = form.querySelector('[data-all-of-page]');
const found = form.querySelector('[data-all-found]');
const count = form.querySelector('[data-chosen-count]');

const boxes = () => [...form.querySelectorAll('input[name=case]')];
const number = (box) => box.value.split(':')[0];

function tell() {
  const all = boxes();
  page.checked = all.length > 0 && all.every((box) => box.checked);
  page.indeterminate = !page.checked && all.some((box) => box.checked);
  const marked = all.filter((box) => box.checked).length;
  count.textContent = marked && !found.checked ? count.dataset.words.replace('#', marked) : '';
}

function note(box) {
  if (box.checked) chosen.set(number(box), box.value);
  else chosen.delete(number(box));
}

form.addEventListener('change', (event) => {
  if (event.target === page) for (const box of boxes()) box.checked = page.checked;
  for (const box of boxes()) note(box);
  tell();
});

// Space chooses the row that J and K marked, wherever in it the focus is.
document.addEventListener('keydown', (event) => {
  if (event.key !== ' ' || event.defaultPrevented || event.target.closest('input, button, select, textarea, summary, dialog')) return;
  const box = form.querySelector('[data-row][aria-current] input[name=case]');
  if (!box) return;
  event.preventDefault();
  box.checked = !box.checked;
  note(box);
  tell();
});

// A refreshed list keeps what was chosen, with the version that was seen: what changed since is refused, and says so.
document.addEventListener('htmx:after:swap', () => {
  for (const box of boxes()) {
    const kept = chosen.get(number(box));
    if (kept) Object.assign(box, { checked: true, value: kept });
  }
  tell();
});

tell();
