// Consoles: the case in the pane decides which row is marked and what the map shows; a point on the map opens its case.

const pane = document.getElementById('detail');
const rows = document.getElementById('queue');

function follow() {
  const shown = pane.querySelector('[data-number]');
  for (const row of rows.querySelectorAll('[data-row]')) {
    if (shown && row.id === `row-${shown.dataset.number}`) row.setAttribute('aria-current', 'true');
    else row.removeAttribute('aria-current');
  }
  const map = document.querySelector('.ld-console-map ld-map');
  if (!map) return;
  for (const name of ['lon', 'lat']) {
    if (shown?.dataset[name]) map.setAttribute(name, shown.dataset[name]);
    else map.removeAttribute(name);
  }
  map.setAttribute('selected', shown?.dataset.label ?? '');
}

document.addEventListener('htmx:after:swap', follow);
document.addEventListener('ld:choose', (event) => document.getElementById(`row-${event.detail.number}`)?.click());
follow();
