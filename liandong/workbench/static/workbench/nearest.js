// My checks: the nearest first. The position is asked for when wanted, used here, and sent nowhere.

const button = document.getElementById('nearest');
const told = document.getElementById('nearest-told');
let here = null;

const METRES_PER_DEGREE = 111_195;

/** @param {HTMLElement} item */
function metres(item) {
  if (item.dataset.lon === undefined) return Infinity;
  const narrowing = Math.cos((here.latitude * Math.PI) / 180);
  const east = (Number(item.dataset.lon) - here.longitude) * narrowing;
  const north = Number(item.dataset.lat) - here.latitude;
  return Math.hypot(east, north) * METRES_PER_DEGREE;
}

function arrange() {
  if (!here) return;
  for (const list of document.querySelectorAll('[data-nearest]')) {
    const items = [...list.children].sort((one, other) => metres(one) - metres(other));
    for (const item of items) {
      const far = metres(item);
      const shown = item.querySelector('[data-distance]');
      if (Number.isFinite(far)) shown.textContent = far < 950 ? `${Math.round(far / 10) * 10} m` : `${(far / 1000).toFixed(1)} km`;
      list.append(item);
    }
  }
}

if (navigator.geolocation) {
  button.hidden = false;
  button.addEventListener('click', () => {
    navigator.geolocation.getCurrentPosition(
      (found) => {
        here = found.coords;
        arrange();
        told.textContent = told.dataset.done;
      },
      () => {
        told.textContent = told.dataset.refused;
      },
      { maximumAge: 60_000, timeout: 10_000 },
    );
  });
}
document.addEventListener('htmx:after:swap', arrange);
