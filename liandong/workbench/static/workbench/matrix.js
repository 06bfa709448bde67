// The matrix as a tree grid (WAI-ARIA): arrows move, Right and Left open and close a line, Enter opens a cell beside it.

const scroll = document.getElementById('matrix-scroll');
const panel = document.getElementById('matrix-cell');

document.addEventListener('click', (event) => {
  const opener = event.target.closest('[data-open]');
  if (opener) document.getElementById(opener.dataset.open)?.showModal();
});

if (scroll) {
  const lines = document.getElementById('matrix-lines');
  let current = lines.querySelector('[tabindex]');
  let byKey = false;

  const cells = (row) => [...row.children];
  const rows = () => [...lines.rows].filter((row) => !row.hidden);
  const isOpen = (row) => row.getAttribute('aria-expanded') === 'true';

  function enter(cell, { focus = true } = {}) {
    if (!cell) return;
    if (current?.isConnected) current.tabIndex = -1;
    current = cell;
    cell.tabIndex = 0;
    if (!focus) return;
    cell.focus({ preventScroll: true });
    reveal(cell);
  }

  // The first column and the head lie over the cells: what has the focus must not be under them.
  function reveal(cell) {
    const head = scroll.querySelector('thead').offsetHeight;
    const first = cell.cellIndex ? cell.parentElement.firstElementChild.offsetWidth : 0;
    const top = cell.parentElement.offsetTop;
    if (top - head < scroll.scrollTop) scroll.scrollTop = top - head;
    else if (top + cell.offsetHeight > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = top + cell.offsetHeight - scroll.clientHeight;
    if (!cell.cellIndex) return;
    if (cell.offsetLeft - first < scroll.scrollLeft) scroll.scrollLeft = cell.offsetLeft - first;
    else if (cell.offsetLeft + cell.offsetWidth > scroll.scrollLeft + scroll.clientWidth) scroll.scrollLeft = cell.offsetLeft + cell.offsetWidth - scroll.clientWidth;
  }

  const beside = (cell, by) => cells(cell.parentElement)[cell.cellIndex + by];

  function above(cell, by) {
    const all = rows();
    const at = all.indexOf(cell.parentElement) + by;
    return all[Math.max(0, Math.min(all.length - 1, at))]?.children[cell.cellIndex];
  }

  const parentOf = (row) => lines.querySelector(`tr[data-code="${CSS.escape(row.dataset.parent)}"]`);
  const childrenOf = (row) => [...lines.querySelectorAll(`tr[data-parent="${CSS.escape(row.dataset.code)}"]`)];

  async function open(row) {
    row.setAttribute('aria-expanded', 'true');
    const known = childrenOf(row);
    if (known.length) return known.forEach((child) => show(child));
    const url = address(scroll.dataset.lines, { under: row.dataset.code });
    await window.htmx.ajax('GET', url, { source: row, target: row, swap: 'afterend' });
  }

  function show(row) {
    row.hidden = false;
    if (isOpen(row)) childrenOf(row).forEach(show);
  }

  function hide(row) {
    row.hidden = true;
    childrenOf(row).forEach(hide);
  }

  function close(row) {
    row.setAttribute('aria-expanded', 'false');
    childrenOf(row).forEach(hide);
  }

  function toggle(row) {
    if (!row.hasAttribute('aria-expanded')) return;
    if (isOpen(row)) close(row);
    else open(row);
  }

  function address(path, given) {
    const url = new URL(path, location.href);
    for (const [name, value] of new URLSearchParams(location.search)) if (name !== 'at') url.searchParams.set(name, value);
    for (const [name, value] of Object.entries(given)) url.searchParams.set(name, value);
    return url.pathname + url.search;
  }

  function pick(cell, { keyed = false, condition = '*' } = {}) {
    for (const other of lines.querySelectorAll('[aria-selected]')) other.removeAttribute('aria-selected');
    cell.setAttribute('aria-selected', 'true');
    byKey = keyed;
    const given = { class: cell.parentElement.dataset.code, area: cell.dataset.area, condition };
    window.htmx.ajax('GET', address(scroll.dataset.cell, given), { target: '#matrix-cell', swap: 'innerHTML' });
  }

  const KEYS = {
    ArrowUp: (cell) => above(cell, -1),
    ArrowDown: (cell) => above(cell, 1),
    PageUp: (cell) => above(cell, -12),
    PageDown: (cell) => above(cell, 12),
    Home: (cell, event) => (event.ctrlKey ? rows()[0].children[cell.cellIndex] : cell.parentElement.firstElementChild),
    End: (cell, event) => (event.ctrlKey ? rows().at(-1).children[cell.cellIndex] : cell.parentElement.lastElementChild),
    ArrowRight: (cell) => {
      const row = cell.parentElement;
      if (cell.cellIndex === 0 && row.getAttribute('aria-expanded') === 'false') return void open(row);
      return beside(cell, 1);
    },
    ArrowLeft: (cell) => {
      const row = cell.parentElement;
      if (cell.cellIndex) return beside(cell, -1);
      if (isOpen(row)) return void close(row);
      return parentOf(row)?.firstElementChild;
    },
    Enter: (cell) => (cell.cellIndex ? void pick(cell, { keyed: true }) : void toggle(cell.parentElement)),
    ' ': (cell) => (cell.cellIndex ? void pick(cell, { keyed: true }) : void toggle(cell.parentElement)),
  };

  lines.addEventListener('keydown', (event) => {
    const cell = event.target.closest('[role=gridcell], [role=rowheader]');
    const act = KEYS[event.key];
    if (!cell || !act || event.altKey || event.metaKey) return;
    event.preventDefault();
    enter(act(cell, event));
  });

  lines.addEventListener('click', (event) => {
    const cell = event.target.closest('[role=gridcell], [role=rowheader]');
    if (!cell) return;
    enter(cell);
    if (cell.cellIndex) pick(cell);
    else toggle(cell.parentElement);
  });

  const find = (code, area) => lines.querySelector(`tr[data-code="${CSS.escape(code)}"] [data-area="${CSS.escape(area)}"]`);

  // A changed rule may decide in many cells: the lines that are open are read again, and the place kept.
  async function refresh() {
    const shown = rows().filter(isOpen).map((row) => row.dataset.code);
    const [left, top] = [scroll.scrollLeft, scroll.scrollTop];
    const { code } = current?.parentElement?.dataset ?? {};
    const area = current?.dataset.area;
    const url = address(scroll.dataset.lines, { open: shown.join(',') });
    await window.htmx.ajax('GET', url, { source: scroll, target: lines, swap: 'innerHTML' });
    [scroll.scrollLeft, scroll.scrollTop] = [left, top];
    const cell = (code && area && find(code, area)) || lines.querySelector('[tabindex]');
    enter(cell, { focus: false });
    if (area && panel.firstElementChild) cell.setAttribute('aria-selected', 'true');
  }

  document.addEventListener('ld:matrix', refresh);

  // Opened by keyboard, the panel takes the focus; closed, the grid has it back.
  document.addEventListener('htmx:after:swap', () => {
    const { top } = panel.getBoundingClientRect();
    if (panel.firstElementChild && top > window.innerHeight - 120) panel.scrollIntoView();
    if (!byKey) return;
    byKey = false;
    const first = ['[aria-invalid=true]', 'ld-pick input:not([type=hidden])', 'select', '[data-leave]'];
    first.map((sought) => panel.querySelector(sought)).find(Boolean)?.focus();
  });

  function leave() {
    panel.replaceChildren();
    for (const other of lines.querySelectorAll('[aria-selected]')) other.removeAttribute('aria-selected');
    enter(current);
    current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  panel.addEventListener('click', (event) => event.target.closest('[data-leave]') && leave());
  panel.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    leave();
  });
  panel.addEventListener('change', (event) => {
    if (!event.target.matches('[data-condition]')) return;
    const { class: code, area } = panel.querySelector('.mx-panel').dataset;
    const given = { class: code, area, condition: event.target.value };
    byKey = true;
    window.htmx.ajax('GET', address(scroll.dataset.cell, given), { target: '#matrix-cell', swap: 'innerHTML' });
  });

  enter(current, { focus: false });
  const { atClass, atArea, atCondition } = scroll.dataset;
  const sought = atClass && find(atClass, atArea);
  if (sought) {
    enter(sought);
    pick(sought, { condition: atCondition });
  }
}
