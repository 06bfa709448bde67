// Drawing on the map: a range to look within, a length, a surface. One tool at a time; Esc puts it away.
import { length, say, surface } from './words.js';
import { toolStyle } from './look.js';

export const MOST_CORNERS = 200;
const KINDS = { draw: 'Polygon', surface: 'Polygon', length: 'LineString' };

export class Tools {
  // said(words); drawn('lon,lat;…') when a range stands
  constructor(ol, map, { said, drawn }) {
    Object.assign(this, { ol, map, said, drawn });
    this.source = new ol.source.Vector();
    this.layer = new ol.layer.Vector({ source: this.source, zIndex: 30 });
    map.addLayer(this.layer);
  }

  colour(colours) {
    this.style = toolStyle(this.ol, colours);
    this.layer.setStyle(this.style);
  }

  use(tool) {
    this.putAway();
    if (!KINDS[tool]) return;
    this.tool = tool;
    this.source.clear();
    this.drawing = new this.ol.interaction.Draw({ source: this.source, type: KINDS[tool], style: this.style });
    this.drawing.on('drawstart', ({ feature }) => {
      this.source.clear();
      feature.getGeometry().on('change', ({ target }) => this.said(this.#measured(target)));
    });
    this.drawing.on('drawend', ({ feature }) => this.#ended(feature.getGeometry()));
    this.map.addInteraction(this.drawing);
    this.said(say('draw_more'));
  }

  putAway() {
    if (this.drawing) this.map.removeInteraction(this.drawing);
    this.drawing = undefined;
    this.tool = undefined;
  }

  clear() {
    this.source.clear();
  }

  // Shows a range that came with the address.
  show(text) {
    const corners = text.split(';').map((pair) => this.ol.proj.fromLonLat(pair.split(',').map(Number)));
    this.source.clear();
    this.source.addFeature(new this.ol.Feature({ geometry: new this.ol.geom.Polygon([[...corners, corners[0]]]) }));
  }

  #measured(geometry) {
    const { getLength, getArea } = this.ol.sphere;
    if (this.tool === 'length') return say('length', { value: length(getLength(geometry)) });
    return say('surface', { value: surface(getArea(geometry)) });
  }

  #ended(geometry) {
    this.said(this.#measured(geometry));
    if (this.tool !== 'draw') return;
    const ring = geometry.getCoordinates()[0].slice(0, -1);
    if (ring.length > MOST_CORNERS) {
      this.said(say('too_many_corners', { most: MOST_CORNERS }));
      setTimeout(() => this.source.clear());
      return;
    }
    const corners = ring.map((corner) => this.ol.proj.toLonLat(corner).map((degrees) => degrees.toFixed(6)).join(','));
    this.said(say('selected'));
    setTimeout(() => this.drawn(corners.join(';'))); // once the drawing itself is over
  }
}
