// <pu-map library="…/ol.js" areas="/map/areas.json" basemap="/map/basemap.json" points="/map/cases.json?…" list="?…" cases="/map/">
// Public cases on a Canvas, bundled by the server for what is in sight: no outside tiles, no WebGL, no more than a few
// hundred points however many cases there are. Markup: `publishing/map.html`, whose list shows the same without script.
//
//   areas?level=town|community|grid   GeoJSON, properties {code, name}
//   basemap                           roads, water, green and names under the areas (`../web/basemap.js`)
//   points&bbox=…&zoom=…              GeoJSON points, properties {count, open, area, number, name}
// `ready` appears on the element when the first picture stands, `data-shown` says how many cases are in sight.
import { basemapLayers } from '../web/basemap.js';
import { loadLibrary } from '../web/map-library.js';

const LEVELS = [['town', Infinity], ['community', 14], ['grid', 6]]; // shown below so many metres a pixel
const CLOSEST = 17;
const STEP_PX = 90;
const PAUSE_MS = 150;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

async function fetchJson(address) {
  const answer = await fetch(address, { headers: { Accept: 'application/geo+json, application/json' } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

class PublicMap extends HTMLElement {
  async connectedCallback() {
    if (this.map) return;
    this.hidden = false;
    try {
      this.ol = await loadLibrary(this.getAttribute('library'));
      this.#build();
      await this.#loadAreas('town', { fit: true });
    } catch (error) {
      this.#fail(error);
    }
  }

  #build() {
    const { ol } = this;
    this.format = new ol.format.GeoJSON({ dataProjection: 'EPSG:4326', featureProjection: 'EPSG:3857' });
    this.areas = LEVELS.map(([level, below]) => {
      const layer = new ol.layer.Vector({ source: new ol.source.Vector(), maxResolution: below, declutter: true });
      layer.set('level', level);
      return layer;
    });
    this.ground = new ol.layer.Vector({ source: this.areas[0].getSource() });
    this.points = new ol.layer.Vector({ source: new ol.source.Vector() });
    this.view = new ol.View({ center: [0, 0], zoom: 12, minZoom: 8, maxZoom: 19 });
    this.map = new ol.Map({
      target: this.querySelector('.pu-map-view'),
      layers: [this.ground, ...basemapLayers(ol, this, { address: this.getAttribute('basemap') }), ...this.areas, this.points],
      view: this.view,
      controls: [],
      keyboardEventTarget: null,
      pixelRatio: Math.min(2, window.devicePixelRatio),
    });
    this.#colour();
    this.#listen();
  }

  #colour() {
    const style = getComputedStyle(this);
    const read = (name) => style.getPropertyValue(name).trim();
    const { Style, Fill, Stroke, Text, Circle } = this.ol.style;
    const halo = new Fill({ color: read('--ld-map-halo') });
    const label = new Fill({ color: read('--ld-map-label') });
    const colours = { open: read('--ld-orange-fg'), closed: read('--ld-green-fg') };
    for (const layer of this.areas) {
      const isTown = layer.get('level') === 'town';
      const line = new Stroke({ color: read('--ld-map-line'), width: isTown ? 1.75 : 0.8 });
      layer.setStyle((feature) => new Style({
        stroke: line,
        text: new Text({ text: feature.get('name'), font: `12px ${FONT}`, fill: label, stroke: new Stroke({ color: read('--ld-map-halo'), width: 3 }) }),
      }));
    }
    this.ground.setStyle(new Style({ fill: new Fill({ color: read('--ld-map-area') }) }));
    this.points.setStyle((feature) => {
      const count = feature.get('count');
      const isOpen = feature.get('open') > 0;
      const ring = new Stroke({ color: isOpen ? colours.open : colours.closed, width: 3 });
      if (count === 1) return new Style({ image: new Circle({ radius: 7, stroke: ring, fill: isOpen ? new Fill({ color: colours.open }) : halo }) });
      const radius = 11 + Math.min(12, Math.log2(count) * 1.2);
      return new Style({
        image: new Circle({ radius, stroke: ring, fill: halo }),
        text: new Text({ text: String(count), font: `600 12px ${FONT}`, fill: label }),
      });
    });
  }

  #listen() {
    const screen = this.querySelector('.pu-map-view');
    this.map.on('singleclick', (event) => this.#clicked(event));
    this.map.on('moveend', () => this.#moved());
    this.map.once('rendercomplete', () => this.setAttribute('ready', ''));
    screen.addEventListener('keydown', (event) => this.#key(event));
    this.addEventListener('click', (event) => {
      const zoom = event.target.closest('[data-zoom]');
      if (zoom) this.#zoom(Number(zoom.dataset.zoom));
      if (event.target.closest('[data-fit]')) this.#fit();
    });
    new MutationObserver(() => this.#colour()).observe(document.documentElement, { attributeFilter: ['data-bs-theme'] });
    new ResizeObserver(() => this.map.updateSize()).observe(screen);
  }

  async #loadAreas(level, { fit = false } = {}) {
    const layer = this.areas.find((one) => one.get('level') === level);
    if (layer.get('asked')) return;
    layer.set('asked', true);
    const address = this.getAttribute('areas');
    const found = await fetchJson(`${address}${address.includes('?') ? '&' : '?'}level=${level}`);
    layer.getSource().addFeatures(this.format.readFeatures(found));
    if (fit) this.#fit();
  }

  #fit() {
    const extent = this.areas[0].getSource().getExtent();
    if (!this.ol.extent.isEmpty(extent)) this.view.fit(extent, { padding: [16, 16, 16, 16] });
  }

  #moved() {
    const resolution = this.view.getResolution();
    for (const [level, below] of LEVELS) if (resolution < below) this.#loadAreas(level).catch((error) => this.#fail(error));
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.#loadPoints(), PAUSE_MS);
  }

  async #loadPoints() {
    const box = this.ol.proj.transformExtent(this.view.calculateExtent(this.map.getSize()), 'EPSG:3857', 'EPSG:4326');
    const address = `${this.getAttribute('points')}&bbox=${box.map((edge) => edge.toFixed(5)).join(',')}&zoom=${Math.round(this.view.getZoom())}`;
    this.asked = address;
    try {
      const found = await fetchJson(address);
      if (address !== this.asked) return; // moved on meanwhile
      const source = this.points.getSource();
      source.clear(true);
      source.addFeatures(this.format.readFeatures(found));
      this.setAttribute('data-shown', found.features.reduce((sum, one) => sum + one.properties.count, 0));
    } catch (error) {
      this.#fail(error);
    }
  }

  #clicked(event) {
    const found = this.map.forEachFeatureAtPixel(event.pixel, (feature) => feature, {
      layerFilter: (layer) => layer === this.points,
      hitTolerance: 6,
    });
    if (!found) return;
    if (found.get('number')) window.location.assign(`${this.getAttribute('cases')}${found.get('number')}/`);
    else if (this.view.getZoom() < CLOSEST) this.view.animate({ center: found.getGeometry().getCoordinates(), zoom: this.view.getZoom() + 2, duration: 200 });
    else window.location.assign(this.#listOf(found.get('area')));
  }

  #listOf(area) {
    const query = new URLSearchParams(this.getAttribute('list'));
    query.set('area', area);
    return `?${query}`;
  }

  #zoom(by) {
    this.view.animate({ zoom: this.view.getZoom() + by, duration: 150 });
  }

  #key(event) {
    const arrow = ARROWS[event.key];
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (arrow) {
      const metres = STEP_PX * this.view.getResolution();
      const [x, y] = this.view.getCenter();
      this.view.setCenter([x + arrow[0] * metres, y + arrow[1] * metres]);
    } else if (event.key === '+' || event.key === '=') this.#zoom(1);
    else if (event.key === '-') this.#zoom(-1);
    else return;
    event.preventDefault();
  }

  #fail(error) {
    if (this.hasAttribute('failed')) return;
    this.setAttribute('failed', error.message);
    const note = Object.assign(document.createElement('p'), { className: 'pu-map-failed', textContent: this.dataset.failed });
    note.setAttribute('role', 'status');
    this.append(note);
  }
}

customElements.define('pu-map', PublicMap);
