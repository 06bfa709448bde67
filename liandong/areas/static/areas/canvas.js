// The map both pages draw on: areas of three levels over our own basemap, overlays, faults, and on top what is being
// drawn. Canvas only. Shapes are kept by code, so a plan's differences are laid over the map without it and taken off
// again.
import { basemapLayers } from '../web/basemap.js';
import { areaStyle, draftStyle, faultStyle, groundStyle, overlayStyle, palette } from './look.js';

const LEVELS = ['grid', 'community', 'town']; // drawn in this order, the thickest lines on top
const STEP_PX = 90;
const SMALL_PX = 60;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class Canvas {
  // host: the element with .ar-canvas in it; scope: the code within which one may draw
  constructor(ol, host, scope = '') {
    this.ol = ol;
    this.host = host;
    this.screen = host.querySelector('.ld-map-view');
    this.shown = { level: 'grid', chosen: new Set(), layers: new Set(), scope };
    this.format = new ol.format.GeoJSON({ dataProjection: 'EPSG:4326', featureProjection: 'EPSG:3857' });
    this.base = new Map();
    this.shapes = new Map();
    this.#build();
    this.#listen();
    this.colour();
  }

  #build() {
    const { ol } = this;
    const layer = (details = {}) => new ol.layer.Vector({ source: new ol.source.Vector(), ...details });
    this.areas = Object.fromEntries(LEVELS.map((level) => [level, layer({ declutter: level })]));
    this.ground = layer({ source: this.areas.town.getSource() });
    this.overlays = layer();
    this.faults = layer();
    this.draft = layer();
    const basemap = basemapLayers(ol, this.host, { address: this.host.getAttribute('basemap') });
    this.view = new ol.View({ center: [0, 0], zoom: 12, minZoom: 8, maxZoom: 21 });
    this.map = new ol.Map({
      target: this.screen,
      layers: [this.ground, ...basemap, ...LEVELS.map((level) => this.areas[level]), this.overlays, this.faults, this.draft],
      view: this.view,
      controls: [],
      interactions: ol.interaction.defaults.defaults({ doubleClickZoom: false, altShiftDragRotate: false, pinchRotate: false, keyboard: false }),
      keyboardEventTarget: null,
      pixelRatio: Math.min(2, window.devicePixelRatio),
    });
  }

  #listen() {
    this.map.on('moveend', () => this.#scale());
    this.map.once('rendercomplete', () => this.host.setAttribute('ready', ''));
    this.screen.addEventListener('keydown', (event) => this.#key(event));
    this.host.addEventListener('click', (event) => {
      const zoom = event.target.closest('[data-zoom]');
      if (zoom) this.view.animate({ zoom: this.view.getZoom() + Number(zoom.dataset.zoom), duration: 150 });
      if (event.target.closest('[data-fit]')) this.fit(this.extent());
    });
    this.host.addEventListener('change', (event) => {
      const { name, value, checked } = event.target;
      if (name === 'shown_level') this.setLevel(value);
      if (name === 'shown_layer') this.setLayer(value, checked);
    });
    new MutationObserver(() => this.colour()).observe(document.documentElement, { attributeFilter: ['data-bs-theme'] });
    new ResizeObserver(() => this.map.updateSize()).observe(this.screen);
  }

  colour() {
    const colours = palette(this.host);
    for (const [level, layer] of Object.entries(this.areas)) layer.setStyle(areaStyle(this.ol, colours, level, this.shown));
    this.ground.setStyle(groundStyle(this.ol, colours, this.shown));
    this.overlays.setStyle(overlayStyle(this.ol, colours, this.shown));
    this.faults.setStyle(faultStyle(this.ol, colours));
    this.draftLook = draftStyle(this.ol, colours);
    this.draft.setStyle(this.draftLook);
  }

  setLevel(level) {
    this.shown.level = level;
    this.repaint();
  }

  setLayer(layer, on) {
    if (on) this.shown.layers.add(layer);
    else this.shown.layers.delete(layer);
    for (const box of this.host.querySelectorAll(`[name=shown_layer][value=${layer}]`)) box.checked = on;
    this.overlays.changed();
  }

  repaint() {
    for (const layer of Object.values(this.areas)) layer.changed();
  }

  // The map without the plan.
  setBase(collection) {
    this.base = new Map(this.format.readFeatures(collection).map((feature) => [feature.get('code'), feature]));
    this.lay();
  }

  // What a plan changes: shapes that are new or other, and codes that are gone.
  lay(changed = { type: 'FeatureCollection', features: [] }, gone = []) {
    this.shapes = new Map(this.base);
    for (const code of gone) this.shapes.delete(code);
    for (const feature of this.format.readFeatures(changed)) this.shapes.set(feature.get('code'), feature);
    const found = { town: [], community: [], grid: [] };
    for (const feature of this.shapes.values()) found[feature.get('level')]?.push(feature);
    for (const [level, layer] of Object.entries(this.areas)) {
      layer.getSource().clear(true);
      layer.getSource().addFeatures(found[level]);
    }
  }

  setOverlays(collection) {
    this.overlays.getSource().clear(true);
    this.overlays.getSource().addFeatures(this.format.readFeatures(collection));
  }

  setFaults(collection) {
    this.faults.getSource().clear(true);
    this.faults.getSource().addFeatures(this.format.readFeatures(collection));
  }

  showFault(number) {
    for (const feature of this.faults.getSource().getFeatures()) feature.set('shown', feature.get('number') === number);
    const fault = this.faults.getSource().getFeatures().find((feature) => feature.get('shown'));
    if (fault) this.fit(fault.getGeometry().getExtent());
  }

  // The area at a place, for instance of a click: of the working level, unless told otherwise.
  at(coordinate, level = this.shown.level) {
    const found = this.areas[level].getSource().getFeaturesAtCoordinate(coordinate);
    return found[0] ?? null;
  }

  extent() {
    const { scope } = this.shown;
    const within = [...this.shapes.values()].filter((feature) => feature.get('code').startsWith(scope));
    const whole = this.ol.extent.createEmpty();
    for (const feature of within) this.ol.extent.extend(whole, feature.getGeometry().getExtent());
    return whole;
  }

  fit(extent, duration = 200) {
    if (extent[0] === Infinity) return;
    this.view.fit(extent, { padding: [40, 40, 40, 40], maxZoom: 18, duration });
  }

  // Bring an area into sight unless it is there and large enough to work on.
  reveal(code) {
    const extent = this.shapes.get(code)?.getGeometry().getExtent();
    if (!extent) return;
    const isSeen = this.ol.extent.containsExtent(this.view.calculateExtent(this.map.getSize()), extent);
    const size = Math.max(this.ol.extent.getWidth(extent), this.ol.extent.getHeight(extent)) / this.view.getResolution();
    if (!isSeen || size < SMALL_PX) this.fit(this.ol.extent.buffer(extent, Math.max(...this.ol.extent.getSize(extent)) / 2));
  }

  #scale() {
    const place = this.host.querySelector('.ld-map-scale');
    const metres = this.ol.proj.getPointResolution('EPSG:3857', this.view.getResolution(), this.view.getCenter()) * 100;
    const round = [1, 2, 5].flatMap((n) => [1, 10, 100, 1000, 10000].map((t) => n * t)).sort((a, b) => a - b);
    const length = round.findLast((one) => one <= metres) ?? 1;
    place.style.width = `${Math.round((100 * length) / metres)}px`;
    place.textContent = length < 1000 ? `${length} m` : `${length / 1000} km`;
  }

  #key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const arrow = ARROWS[event.key];
    if (arrow) {
      const metres = STEP_PX * this.view.getResolution();
      const [x, y] = this.view.getCenter();
      this.view.setCenter([x + arrow[0] * metres, y + arrow[1] * metres]);
    } else if (event.key === '+' || event.key === '=') this.view.animate({ zoom: this.view.getZoom() + 1, duration: 150 });
    else if (event.key === '-') this.view.animate({ zoom: this.view.getZoom() - 1, duration: 150 });
    else return;
    event.preventDefault();
  }
}
