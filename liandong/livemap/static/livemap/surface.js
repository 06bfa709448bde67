// What the cases are drawn on: the areas of three levels with their names, keys and buttons to move, picture to save.
import { basemapLayers } from '../web/basemap.js';
import { loadLibrary } from '../web/map-library.js';
import { areaStyle, groundStyle } from '../web/map-style.js';
import { reach } from './look.js';

const LEVELS = [['town', Infinity], ['community', 14], ['grid', 6]]; // shown below so many metres a pixel
const STEP_PX = 90;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class Surface {
  // host: the element with the addresses; key(event) → whether it was dealt with
  constructor(host, { key }) {
    this.host = host;
    this.screen = host.querySelector('.ld-map-view');
    this.key = key;
  }

  // Resolves when the map stands, with the whole district in sight.
  async open() {
    this.ol = await loadLibrary(this.host.getAttribute('library'));
    const { ol } = this;
    const centre = ol.proj.fromLonLat(['lon', 'lat'].map((name) => Number(this.host.getAttribute(name))));
    this.format = new ol.format.GeoJSON({ dataProjection: 'EPSG:4326', featureProjection: 'EPSG:3857' });
    this.levels = Object.fromEntries(LEVELS.map(([level, below]) => [level, new ol.layer.Vector({ source: new ol.source.Vector(), maxResolution: below, declutter: true, updateWhileInteracting: false })]));
    // The names of towns once more, over what is shaded.
    this.names = new ol.layer.Vector({ source: this.levels.town.getSource(), declutter: true, updateWhileInteracting: false, zIndex: 9 });
    this.ground = new ol.layer.Vector({ source: this.levels.town.getSource(), updateWhileInteracting: false });
    const placed = new Promise((resolve) => { this.placed = resolve; });
    const below = { address: this.host.getAttribute('basemap'), sources: this.host.getAttribute('sources'), when: placed };
    this.map = new ol.Map({
      target: this.screen,
      layers: [this.ground, ...basemapLayers(ol, this.host.querySelector('.lm-canvas'), below), ...Object.values(this.levels), this.names],
      view: new ol.View({ center: centre, zoom: 12, minZoom: 8, maxZoom: 20 }),
      controls: [],
      keyboardEventTarget: null,
      pixelRatio: Math.min(2, window.devicePixelRatio),
    });
    this.#listen();
    await this.loadAreas('town');
    this.fit();
    this.placed();
  }

  colour(colours) {
    for (const [level, layer] of Object.entries(this.levels)) layer.setStyle(areaStyle(this.ol, colours, level));
    this.ground.setStyle(groundStyle(this.ol, colours));
    const town = areaStyle(this.ol, colours, 'town');
    this.levels.town.setStyle((feature) => town(feature)[0]);
    this.names.setStyle((feature) => town(feature)[1]);
  }

  // Calls back when the page turns light or dark.
  colours(again) {
    new MutationObserver(again).observe(document.documentElement, { attributeFilter: ['data-bs-theme'] });
  }

  async loadAreas(level) {
    const layer = this.levels[level];
    layer.asked ??= fetch(`${this.host.getAttribute('areas')}?level=${level}`).then((answer) => {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    }).then((found) => layer.getSource().addFeatures(this.format.readFeatures(found)));
    try {
      await layer.asked;
    } catch (error) {
      layer.asked = undefined; // asked again the next time it is needed
      throw error;
    }
  }

  outlinesOf(level) {
    return this.levels[level].getSource().getFeatures();
  }

  point(lon, lat) {
    return new this.ol.geom.Point(this.ol.proj.fromLonLat([lon, lat]));
  }

  // What is at a pixel and can be opened: worked out from where things are, not from what was drawn. Reading pixels back
  // is what a machine without a GPU is slowest at.
  at(pixel) {
    const coordinate = this.map.getCoordinateFromPixel(pixel);
    const perPixel = this.map.getView().getResolution();
    const layers = this.map.getLayers().getArray().filter((layer) => layer.get('opens') && layer.getVisible());
    for (const layer of layers.sort((one, other) => other.getZIndex() - one.getZIndex())) {
      const source = layer.getSource();
      const near = source.getClosestFeatureToCoordinate(coordinate, (feature) => feature.getGeometry().getType() === 'Point');
      if (near && this.#metres(near, coordinate) <= reach(near) * perPixel) return near;
      const around = source.getFeaturesAtCoordinate(coordinate).find((feature) => feature.getGeometry().getType() !== 'Point');
      if (around) return around;
    }
    return undefined;
  }

  closer(geometry) {
    const view = this.map.getView();
    view.animate({ center: this.ol.extent.getCenter(geometry.getExtent()), zoom: view.getZoom() + 1.5, duration: 200 });
  }

  fit() {
    const extent = this.levels.town.getSource().getExtent();
    if (!this.ol.extent.isEmpty(extent)) this.map.getView().fit(extent, { padding: [24, 24, 24, 24], maxZoom: 17 });
  }

  where() {
    const view = this.map.getView();
    const [lon, lat] = this.ol.proj.toLonLat(view.getCenter()).map((degrees) => degrees.toFixed(5));
    return `${lon},${lat},${view.getZoom().toFixed(2)}`;
  }

  goTo(lon, lat, zoom) {
    if (![lon, lat, zoom].every(Number.isFinite) || Math.abs(lat) > 85) return;
    this.map.getView().setCenter(this.ol.proj.fromLonLat([lon, lat]));
    this.map.getView().setZoom(zoom);
  }

  // Saves what is in sight as a PNG.
  async save() {
    const [width, height] = this.map.getSize();
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const pen = canvas.getContext('2d');
    pen.fillStyle = getComputedStyle(this.host.querySelector('.lm-canvas')).backgroundColor;
    pen.fillRect(0, 0, width, height);
    for (const one of this.screen.querySelectorAll('.ol-layer canvas')) {
      pen.globalAlpha = Number(one.parentNode.style.opacity || 1);
      pen.drawImage(one, 0, 0, width, height);
    }
    const credit = this.host.querySelector('.ld-map-source')?.textContent.trim();
    if (credit) {
      pen.globalAlpha = 1;
      pen.font = '12px sans-serif';
      pen.textAlign = 'right';
      pen.fillStyle = getComputedStyle(this.host).color;
      pen.fillText(credit, width - 8, height - 8);
    }
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
    const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: `map-${new Date().toISOString().slice(0, 16).replace(':', '')}.png` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  #listen() {
    this.map.on('moveend', () => {
      const resolution = this.map.getView().getResolution();
      for (const [level, below] of LEVELS) if (resolution < below) this.loadAreas(level).catch(() => {});
      this.#scale(resolution);
    });
    this.map.once('rendercomplete', () => this.host.setAttribute('ready', ''));
    this.screen.addEventListener('keydown', (event) => this.#key(event));
    this.host.addEventListener('click', (event) => {
      const zoom = event.target.closest('[data-zoom]');
      if (zoom) this.#zoom(Number(zoom.dataset.zoom));
      if (event.target.closest('[data-fit]')) this.fit();
    });
    new ResizeObserver(() => this.map.updateSize()).observe(this.screen);
  }

  #metres(feature, [x, y]) {
    const [east, north] = feature.getGeometry().getCoordinates();
    return Math.hypot(east - x, north - y);
  }

  #zoom(by) {
    this.map.getView().animate({ zoom: this.map.getView().getZoom() + by, duration: 150 });
  }

  #key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const arrow = ARROWS[event.key];
    const view = this.map.getView();
    if (arrow) {
      const metres = STEP_PX * view.getResolution();
      const [x, y] = view.getCenter();
      view.setCenter([x + arrow[0] * metres, y + arrow[1] * metres]);
    } else if (event.key === '+' || event.key === '=') this.#zoom(1);
    else if (event.key === '-') this.#zoom(-1);
    else if (!this.key(event)) return;
    event.preventDefault();
  }

  #scale(resolution) {
    const place = this.host.querySelector('.ld-map-scale');
    const metres = this.ol.proj.getPointResolution('EPSG:3857', resolution, this.map.getView().getCenter()) * 100;
    const round = [1, 2, 5].flatMap((n) => [1, 10, 100, 1000, 10000].map((t) => n * t)).sort((a, b) => a - b);
    const shown = round.findLast((one) => one <= metres) ?? 1;
    place.style.width = `${Math.round((100 * shown) / metres)}px`;
    place.textContent = shown < 1000 ? `${shown} m` : `${shown / 1000} km`;
  }
}
