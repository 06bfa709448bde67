// <ld-map library="…/ol.js" areas="/desk/map/areas.json" points="/desk/map/cases.json" pick lon lat selected zoom>
// Our own basemap, areas and cases on a Canvas, no WebGL; tiles only where a source is set up. Markup: `ui/map.html`.
//
//   areas?level=town|community|grid   GeoJSON, properties {code, name}; the finer two when one zooms in
//   basemap, sources                  addresses of what lies under the areas (`basemap.js`); either may be missing
//   points                            GeoJSON points, properties {number, state: late|due_soon|in_time|done}
//   → 'ld:point'  {lon, lat}          with `pick`: a click, or Enter for the centre
//   → 'ld:choose' {number}            a case was clicked
//   ← 'ld:case' on body               cases are fetched again
//   ← attributes lon, lat, selected   show and centre a place; points: another selection of cases
// `ready` appears on the element when the first picture stands.
import { speak, text } from './texts.js';
import { basemapLayers } from './basemap.js';
import { loadLibrary } from './map-library.js';
import { areaStyle, caseStyle, chosenStyle, groundStyle, palette } from './map-style.js';

const LEVELS = [['town', Infinity], ['community', 14], ['grid', 6]]; // shown below so many metres a pixel
const CLUSTER_PX = 34;
const NEAR_ZOOM = 16;
const STEP_PX = 90;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

async function fetchJson(address) {
  const answer = await fetch(address, { headers: { Accept: 'application/geo+json, application/json' } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

class LdMap extends HTMLElement {
  static observedAttributes = ['lon', 'lat', 'selected', 'points'];

  async connectedCallback() {
    if (this.started) return;
    this.started = true;
    try {
      this.ol = await loadLibrary(this.getAttribute('library'));
      this.#build();
      await Promise.all([this.#loadAreas('town', { fit: true }), this.#loadCases()]);
      this.#place();
      this.placed();
    } catch (error) {
      this.#fail(error);
    }
  }

  attributeChangedCallback(name, before, after) {
    if (!this.map || before === after) return;
    if (name === 'points') this.#loadCases();
    else queueMicrotask(() => this.#place());
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
    const when = new Promise((resolve) => { this.placed = resolve; });
    const below = { address: this.getAttribute('basemap'), sources: this.getAttribute('sources'), when };
    this.caseSource = new ol.source.Vector();
    this.cases = new ol.layer.Vector({ source: new ol.source.Cluster({ source: this.caseSource, distance: CLUSTER_PX }) });
    this.chosen = new ol.layer.Vector({ source: new ol.source.Vector() });
    this.view = new ol.View({ center: [0, 0], zoom: 12, minZoom: 8, maxZoom: 20 });
    this.map = new ol.Map({
      target: this.querySelector('.ld-map-view'),
      layers: [this.ground, ...basemapLayers(ol, this, below), ...this.areas, this.cases, this.chosen],
      view: this.view,
      controls: [],
      keyboardEventTarget: null,
      pixelRatio: Math.min(2, window.devicePixelRatio),
    });
    this.#colour();
    this.#listen();
  }

  #colour() {
    const colours = palette(this);
    this.ground.setStyle(groundStyle(this.ol, colours));
    for (const layer of this.areas) layer.setStyle(areaStyle(this.ol, colours, layer.get('level')));
    this.cases.setStyle(caseStyle(this.ol, colours));
    this.chosen.setStyle(chosenStyle(this.ol, colours));
  }

  #listen() {
    const screen = this.querySelector('.ld-map-view');
    this.map.on('singleclick', (event) => this.#clicked(event));
    this.map.on('moveend', () => this.#moved());
    this.map.once('rendercomplete', () => this.setAttribute('ready', ''));
    screen.addEventListener('keydown', (event) => this.#key(event));
    this.addEventListener('click', (event) => {
      const zoom = event.target.closest('[data-zoom]');
      if (zoom) this.#zoom(Number(zoom.dataset.zoom));
      if (event.target.closest('[data-fit]')) this.#fit(this.areas[0].getSource().getExtent());
    });
    document.body.addEventListener('ld:case', () => this.isConnected && this.#loadCases());
    new MutationObserver(() => this.#colour()).observe(document.documentElement, { attributeFilter: ['data-bs-theme'] });
    new ResizeObserver(() => this.map.updateSize()).observe(screen);
  }

  async #loadAreas(level, { fit = false } = {}) {
    const layer = this.areas.find((one) => one.get('level') === level);
    if (layer.get('asked')) return;
    layer.set('asked', true);
    const separator = this.getAttribute('areas').includes('?') ? '&' : '?';
    const found = await fetchJson(`${this.getAttribute('areas')}${separator}level=${level}`);
    layer.getSource().addFeatures(this.format.readFeatures(found));
    if (fit && found.features.length) this.#fit(layer.getSource().getExtent());
  }

  async #loadCases() {
    const address = this.getAttribute('points');
    if (!address) return;
    try {
      const found = await fetchJson(address);
      if (address !== this.getAttribute('points')) return; // asked again meanwhile
      this.caseSource.clear(true);
      this.caseSource.addFeatures(this.format.readFeatures(found));
      this.setAttribute('data-cases', found.features.length);
    } catch {
      this.removeAttribute('data-cases'); // the old points stay; the live sign tells that they may be old
    }
  }

  #fit(extent) {
    if (this.ol.extent.isEmpty(extent)) return;
    this.view.fit(extent, { padding: [24, 24, 24, 24], maxZoom: 17, duration: this.hasAttribute('ready') ? 200 : 0 });
  }

  #place() {
    const [lon, lat] = ['lon', 'lat'].map((name) => parseFloat(this.getAttribute(name)));
    const source = this.chosen.getSource();
    source.clear();
    if (Number.isNaN(lon) || Number.isNaN(lat)) return;
    const point = new this.ol.geom.Point(this.ol.proj.fromLonLat([lon, lat]));
    source.addFeature(new this.ol.Feature({ geometry: point, name: this.getAttribute('selected') ?? '' }));
    this.#goTo(point.getCoordinates());
  }

  #goTo(centre) {
    const zoom = Number(this.getAttribute('zoom')) || Math.max(this.view.getZoom() ?? 0, NEAR_ZOOM - 2);
    const inSight = this.ol.extent.containsCoordinate(this.view.calculateExtent(this.map.getSize()), centre);
    if (inSight && this.view.getZoom() >= zoom) return;
    this.view.animate({ center: centre, zoom, duration: this.hasAttribute('ready') ? 250 : 0 });
  }

  #clicked(event) {
    const bundle = this.map.forEachFeatureAtPixel(event.pixel, (feature) => feature, {
      layerFilter: (layer) => layer === this.cases,
      hitTolerance: 4,
    });
    const cases = bundle?.get('features') ?? [];
    if (cases.length > 1 && this.view.getZoom() < 19) return this.#fit(this.#around(cases));
    if (cases.length && !this.hasAttribute('pick')) return this.#send('ld:choose', { number: cases[0].get('number') });
    if (this.hasAttribute('pick')) this.#pick(event.coordinate);
  }

  #around(cases) {
    const extent = this.ol.extent.boundingExtent(cases.map((feature) => feature.getGeometry().getCoordinates()));
    return this.ol.extent.buffer(extent, 40);
  }

  #pick(coordinate) {
    const [lon, lat] = this.ol.proj.toLonLat(coordinate).map((degrees) => degrees.toFixed(6));
    this.setAttribute('lon', lon);
    this.setAttribute('lat', lat);
    speak(text('map.picked', { lon, lat }));
    this.#send('ld:point', { lon: Number(lon), lat: Number(lat) });
  }

  #moved() {
    const resolution = this.view.getResolution();
    for (const [level, below] of LEVELS) if (resolution < below) this.#loadAreas(level).catch((error) => this.#fail(error));
    this.#scale(resolution);
  }

  #scale(resolution) {
    const place = this.querySelector('.ld-map-scale');
    if (!place) return;
    const metres = this.ol.proj.getPointResolution('EPSG:3857', resolution, this.view.getCenter()) * 100;
    const round = [1, 2, 5].flatMap((n) => [1, 10, 100, 1000, 10000].map((t) => n * t)).sort((a, b) => a - b);
    const length = round.findLast((one) => one <= metres) ?? 1;
    place.style.width = `${Math.round((100 * length) / metres)}px`;
    place.textContent = length < 1000 ? `${length} m` : `${length / 1000} km`;
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
    else if (event.key === 'Enter' && this.hasAttribute('pick')) this.#pick(this.view.getCenter());
    else return;
    event.preventDefault();
  }

  #send(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }

  #fail(error) {
    if (this.hasAttribute('failed')) return;
    this.setAttribute('failed', error.message);
    const note = Object.assign(document.createElement('p'), { className: 'ld-map-failed', textContent: text('map.failed') });
    note.setAttribute('role', 'status');
    this.append(note);
  }
}

customElements.define('ld-map', LdMap);
