// The cases of the picture: asked for again when one moves, filters or something changes, at the pace of the answers.
// Draws points, bubbles, hexagons or shares of areas, as `as` says. `outlinesOf(level)` gives the areas for shares.
import { Asking } from './server.js';
import { Pace } from './pace.js';
import { caseStyles, shadeStyles } from './look.js';

const DEBOUNCE_MS = 120;

export class CasesLayer {
  // host: the element with the addresses; changed({kind, cases, late}) after each picture; failed(why)
  constructor(ol, map, host, { changed, failed }) {
    Object.assign(this, { ol, map, host, changed, failed, as: 'bubbles', question: new URLSearchParams() });
    this.asking = new Asking();
    this.pace = new Pace(() => this.#ask());
    this.most = 1;
    this.marks = new ol.layer.Vector({ source: new ol.source.Vector(), updateWhileInteracting: false, zIndex: 20, properties: { opens: true } });
    this.shades = new ol.layer.Vector({ source: new ol.source.Vector(), updateWhileInteracting: false, zIndex: 5, opacity: 0.75, properties: { opens: true } });
    map.addLayer(this.shades);
    map.addLayer(this.marks);
    map.on('moveend', () => this.soon());
  }

  colour(colours) {
    this.marks.setStyle(caseStyles(this.ol, colours));
    this.shades.setStyle(shadeStyles(this.ol, colours, () => this.most));
  }

  show({ as = this.as, question = this.question }) {
    Object.assign(this, { as, question });
    this.now();
  }

  soon(after = DEBOUNCE_MS) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), after);
  }

  touched() {
    if (!this.isHeld) this.pace.touched();
  }

  woke() {
    if (!this.isHeld) this.pace.woke();
  }

  now() {
    clearTimeout(this.timer);
    if (!this.isHeld) this.pace.now();
  }

  // While something else is drawn in their place, such as a day gone by.
  hold(isHeld) {
    this.isHeld = isHeld;
    this.pace.stop();
    this.asking.abort();
    clearTimeout(this.timer);
    if (!isHeld) this.now();
  }

  async #ask() {
    try {
      const isShare = this.as === 'town' || this.as === 'grid';
      const found = isShare ? await this.#askShares() : await this.#askPicture();
      if (!found || this.isHeld) return true;
      if (isShare) this.#drawShares(found);
      else this.#drawPicture(found);
      this.host.setAttribute('data-cases', found.cases);
      return true;
    } catch (error) {
      if (error.isOver) this.#clear();
      this.failed(error.message);
      return false;
    }
  }

  // What one may no longer see does not stay on the screen.
  #clear() {
    this.#replace(this.marks, []);
    this.#replace(this.shades, []);
    this.host.setAttribute('data-cases', 0);
  }

  #askPicture() {
    const view = this.map.getView();
    const [west, south, east, north] = this.ol.proj.transformExtent(view.calculateExtent(this.map.getSize()), 'EPSG:3857', 'EPSG:4326');
    const parameters = new URLSearchParams(this.question);
    parameters.set('box', [west, south, east, north].map((degrees) => degrees.toFixed(5)).join(','));
    parameters.set('zoom', view.getZoom().toFixed(2));
    if (this.as === 'heat') parameters.set('as', 'heat');
    return this.asking.ask(this.host.getAttribute('picture'), parameters);
  }

  async #askShares() {
    const parameters = new URLSearchParams(this.question);
    parameters.set('level', this.as);
    const found = await this.asking.ask(this.host.getAttribute('shares'), parameters);
    if (!found) return undefined;
    const sum = (place) => found.rows.reduce((all, row) => all + row[place], 0);
    return { ...found, kind: 'shares', cases: sum(1), late: sum(2) };
  }

  #drawPicture(found) {
    const { ol } = this;
    const at = (lon, lat) => new ol.geom.Point(ol.proj.fromLonLat([lon, lat]));
    const marks = found.kind === 'points'
      ? found.rows.map(([lon, lat, number, state, name]) => this.#feature(number, at(lon, lat), { number, state, name }))
      : found.kind === 'clusters' ? found.rows.map(([lon, lat, cases, late], place) => this.#feature(`c${place}`, at(lon, lat), { cases, late })) : [];
    this.#replace(this.marks, marks);
    const shades = found.kind === 'heat' ? found.rows.map(([ring, cases, late], place) => this.#feature(`h${place}`, this.#polygon(ring), { cases, late })) : [];
    this.most = shades.reduce((most, one) => Math.max(most, one.get('cases')), 1);
    this.#replace(this.shades, shades);
    this.changed(found);
  }

  #drawShares(found) {
    const counts = new Map(found.rows.map(([code, cases, late]) => [code, { cases, late }]));
    const shades = this.outlinesOf(this.as).filter((area) => counts.has(area.get('code'))).map((area) => {
      const feature = area.clone();
      feature.setProperties(counts.get(area.get('code')));
      return feature;
    });
    this.most = Math.max(1, ...found.rows.map((row) => row[1]));
    this.#replace(this.marks, []);
    this.#replace(this.shades, shades);
    this.changed(found);
  }

  #feature(key, geometry, properties) {
    const feature = new this.ol.Feature({ geometry, ...properties });
    feature.setId(key);
    return feature;
  }

  #polygon(ring) {
    const corners = [];
    for (let place = 0; place < ring.length; place += 2) corners.push(this.ol.proj.fromLonLat([ring[place], ring[place + 1]]));
    return new this.ol.geom.Polygon([corners]);
  }

  #replace(layer, features) {
    const source = layer.getSource();
    source.clear(true);
    source.addFeatures(features);
  }
}
