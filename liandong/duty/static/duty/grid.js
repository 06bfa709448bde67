// Arrow keys move between the cells of a month that lead somewhere; Home and End to the ends of a line.
for (const grid of document.querySelectorAll('[data-grid]')) {
  grid.addEventListener('keydown', (event) => {
    const cell = event.target.closest('td');
    if (!cell || event.altKey || event.ctrlKey) return;
    const next = target(grid, cell, event.key);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}

function target(grid, cell, key) {
  const row = cell.parentElement;
  const links = [...row.querySelectorAll('td a')];
  const here = links.indexOf(cell.querySelector('a'));
  if (key === 'ArrowRight') return links[here + 1];
  if (key === 'ArrowLeft') return links[here - 1];
  if (key === 'Home') return links[0];
  if (key === 'End') return links.at(-1);
  const step = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (!step) return null;
  const rows = [...grid.tBodies[0].rows];
  for (let at = rows.indexOf(row) + step; rows[at]; at += step) {
    const near = nearest(rows[at], cell.cellIndex);
    if (near) return near;
  }
  return null;
}

function nearest(row, column) {
  const links = [...row.querySelectorAll('td a')];
  const far = (link) => Math.abs(link.closest('td').cellIndex - column);
  return links.sort((a, b) => far(a) - far(b))[0];
}
