// Where it is: the device's position, a point on the map, or words. The device's own position is compared here and
// goes nowhere unless it is the place.
import { text } from './words.js';

const FAR_M = 1000;
const RADIUS_M = 6_371_000;

export class Place {
  constructor(form, { changed }) {
    this.form = form;
    this.changed = changed;
    this.here = null;
    this.told = document.getElementById('place-told');
    this.question = document.getElementById('place-question');
    document.getElementById('place-tools').hidden = false;
    const locate = form.querySelector('[data-locate]');
    locate.hidden = !('geolocation' in navigator) || !isSecureContext;
    locate.addEventListener('click', () => this.#locate());
    const opener = form.querySelector('[data-open-map]');
    opener.addEventListener('click', () => this.#openMap(opener));
    this.question.querySelector('[data-place-yes]').addEventListener('click', () => (this.question.hidden = true));
    this.question.querySelector('[data-place-no]').addEventListener('click', () => {
      this.question.hidden = true;
      this.set(null);
    });
  }

  get point() {
    const { lon, lat } = this.form.elements;
    return lon.value && lat.value ? { lon: Number(lon.value), lat: Number(lat.value) } : null;
  }

  set(point) {
    this.form.elements.lon.value = point ? point.lon.toFixed(6) : '';
    this.form.elements.lat.value = point ? point.lat.toFixed(6) : '';
    this.form.elements.datum.value = 'WGS-84';
    if (!point) this.told.textContent = '';
    this.map?.setAttribute('lon', this.form.elements.lon.value);
    this.map?.setAttribute('lat', this.form.elements.lat.value);
    this.changed();
  }

  #locate() {
    this.told.textContent = text('place.asking');
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        this.here = { lon: coords.longitude, lat: coords.latitude };
        this.question.hidden = true;
        this.set(this.here);
        this.told.textContent = text('place.found', { metres: Math.round(coords.accuracy) });
      },
      () => (this.told.textContent = text('place.denied')),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
    );
  }

  async #openMap(opener) {
    const room = document.getElementById('map-place');
    room.hidden = !room.hidden;
    opener.setAttribute('aria-expanded', !room.hidden);
    if (room.hidden || this.map) return;
    await import('../web/map.js'); // and with it OpenLayers: nobody else pays for the map
    room.append(document.getElementById('map-markup').content.cloneNode(true));
    this.map = room.querySelector('ld-map');
    if (this.point) this.set(this.point);
    this.map.addEventListener('ld:point', ({ detail }) => this.#picked(detail));
  }

  #picked(point) {
    this.set(point);
    this.told.textContent = text('place.picked');
    const away = this.here ? metresBetween(this.here, point) : 0;
    this.question.hidden = away < FAR_M;
    const told = text('place.far', { kilometres: (away / 1000).toFixed(1) });
    this.question.querySelector('p').textContent = told;
  }
}

function metresBetween(one, other) {
  const rad = Math.PI / 180;
  const north = (other.lat - one.lat) * rad;
  const east = (other.lon - one.lon) * rad * Math.cos(((one.lat + other.lat) / 2) * rad);
  return RADIUS_M * Math.hypot(north, east);
}
