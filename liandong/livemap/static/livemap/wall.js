// <ld-wall library areas picture shares panels map lon lat>: the map in the middle of the wall, and what moves on it.
// The tour goes round the towns by itself, the latest ones first; it begins only when asked to, and pauses at a touch.
import { CasesLayer } from './cases-layer.js';
import { Figures } from './figures.js';
import { palette } from './look.js';
import { Surface } from './surface.js';
import { count, say } from './words.js';

const STAY_MS = 12000;
const FLIGHT_MS = 1500;

class LdWall extends HTMLElement {
  async connectedCallback() {
    if (this.surface) return;
    this.where = this.querySelector('.wl-where');
    this.#clock();
    this.figures = new Figures(document.getElementById('panels'), this.getAttribute('panels'), { changed: () => this.#mark() });
    try {
      this.surface = new Surface(this, { key: () => false });
      await this.surface.open();
    } catch (error) {
      this.where.textContent = say('failed', { why: error.message });
      return;
    }
    this.cases = new CasesLayer(this.surface.ol, this.surface.map, this, {
      changed: ({ cases, late }) => { this.counted = say('counted', { cases: count(cases), late: count(late) }); this.#told(); },
      failed: (why) => { this.where.textContent = say('failed', { why }); },
    });
    this.cases.outlinesOf = (level) => this.surface.outlinesOf(level);
    for (const part of [this.surface, this.cases]) part.colour(palette(this));
    this.cases.show({ question: new URLSearchParams({ open: 'yes' }), as: 'bubbles' });
    this.#listen();
  }

  #listen() {
    document.body.addEventListener('ld:case', () => this.cases.touched());
    document.addEventListener('visibilitychange', () => document.hidden || this.cases.woke());
    document.querySelector('[data-tour]').addEventListener('click', () => (this.tour ? this.#pause() : this.#start()));
    document.querySelector('[data-full]').addEventListener('click', () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
    this.surface.screen.addEventListener('pointerdown', () => this.tour && this.#pause());
    this.surface.map.on('singleclick', ({ pixel, coordinate }) => {
      if (!this.surface.at(pixel)) return;
      const [lon, lat] = this.surface.ol.proj.toLonLat(coordinate).map((degrees) => degrees.toFixed(5));
      const zoom = (this.surface.map.getView().getZoom() + 1).toFixed(2);
      location.href = `${this.getAttribute('map')}?open=yes#${new URLSearchParams({ at: `${lon},${lat},${zoom}`, as: 'bubbles' })}`;
    });
  }

  #start() {
    this.town = undefined;
    this.tour = setInterval(() => this.#next(), STAY_MS);
    this.#next();
    this.#button();
  }

  #pause() {
    clearInterval(this.tour);
    this.tour = 0;
    this.#button();
  }

  #button() {
    const button = document.querySelector('[data-tour]');
    const words = button.querySelector('span');
    const icon = button.querySelector('use');
    button.setAttribute('aria-pressed', String(Boolean(this.tour)));
    words.textContent = this.tour ? words.dataset.on : words.dataset.off;
    icon.setAttribute('href', icon.getAttribute('href').replace(/#.*/, this.tour ? '#pause-fill' : '#play-fill'));
  }

  // The whole district, then its towns as the panel has them at that moment.
  #next() {
    const towns = [...document.querySelectorAll('.wl-towns [data-area]')].map((row) => row.dataset.area);
    this.town = this.town === undefined ? '' : (towns[towns.indexOf(this.town) + 1] ?? '');
    this.#mark();
    const outline = this.surface.outlinesOf('town').find((one) => one.get('code') === this.town);
    this.name = outline?.get('name') ?? '';
    const extent = outline ? outline.getGeometry().getExtent() : this.surface.levels.town.getSource().getExtent();
    const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.surface.map.getView().fit(extent, { padding: [40, 40, 40, 40], duration: isStill ? 0 : FLIGHT_MS });
    this.#told();
  }

  #mark() {
    for (const row of document.querySelectorAll('.wl-towns [data-area]')) row.toggleAttribute('data-shown', row.dataset.area === this.town);
  }

  #told() {
    this.where.textContent = [this.name, this.counted].filter(Boolean).join(' · ');
  }

  #clock() {
    const place = document.querySelector('.wl-clock');
    const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'medium' });
    const tick = () => { place.textContent = format.format(new Date()); };
    tick();
    setInterval(tick, 1000);
  }
}

customElements.define('ld-wall', LdWall);
