// What is being drawn: one line or one outline at a time. It stays, and can be adjusted, until it is cleared; a
// refusal by the server does not touch it. With the keyboard, Space adds the centre of the map and Enter finishes.

const DIGITS = 7; // as the outlines were sent: corners nobody moved come back as they were
const NEAR_PX = 9;

export class Draft {
  // told: {drawn(), point(count)}
  constructor(canvas, told) {
    this.canvas = canvas;
    this.ol = canvas.ol;
    this.told = told;
    this.source = canvas.draft.getSource();
    this.working = [];
    canvas.screen.addEventListener('keydown', (event) => this.#key(event));
  }

  // Wait for a 'LineString' or a 'Polygon' to be drawn.
  draw(type) {
    this.stop();
    this.type = type;
    this.#use(new this.ol.interaction.Draw({ type, style: this.canvas.draftLook, stopClick: true }), { edge: true });
    this.drawing.on('drawend', ({ feature }) => {
      // Left to the next turn: the interaction is still at work in this one.
      setTimeout(() => {
        this.show(feature.getGeometry());
        this.told.drawn();
      });
    });
    this.canvas.host.setAttribute('drawing', type);
  }

  // Show a geometry of the map's own projection, to be adjusted by hand.
  show(geometry) {
    this.stop();
    this.source.clear(true);
    this.source.addFeature(new this.ol.Feature({ geometry }));
    const { condition } = this.ol.events;
    const deleteCondition = (event) => condition.altKeyOnly(event) && condition.singleClick(event);
    this.#use(new this.ol.interaction.Modify({ source: this.source, deleteCondition, style: this.canvas.draftLook }), { edge: false });
    this.changed = false;
    this.drawing.on('modifyend', () => { this.changed = true; });
  }

  // Show a GeoJSON geometry in WGS-84, as one that was drawn.
  put(geometry) {
    this.show(this.canvas.format.readGeometry(geometry));
    this.changed = true;
  }

  get geometry() {
    return this.source.getFeatures()[0]?.getGeometry() ?? null;
  }

  get isDrawing() {
    return this.drawing instanceof this.ol.interaction.Draw;
  }

  // The GeoJSON geometry in WGS-84, null while there is none.
  get outline() {
    return this.geometry && this.canvas.format.writeGeometryObject(this.geometry, { decimals: DIGITS });
  }

  stop() {
    for (const one of this.working) this.canvas.map.removeInteraction(one);
    this.working = [];
    this.drawing = null;
    this.count = 0;
    this.canvas.host.removeAttribute('drawing');
  }

  clear() {
    this.stop();
    this.source.clear(true);
    this.changed = false;
  }

  #use(drawing, { edge }) {
    this.drawing = drawing;
    const sources = Object.values(this.canvas.areas).map((layer) => layer.getSource());
    const snaps = sources.map((source) => new this.ol.interaction.Snap({ source, edge, pixelTolerance: NEAR_PX }));
    this.working = [drawing, ...snaps]; // snapping comes last, so that it sees a pointer first
    for (const one of this.working) this.canvas.map.addInteraction(one);
  }

  #key(event) {
    if (!this.isDrawing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === ' ') {
      this.drawing.appendCoordinates([this.canvas.view.getCenter()]);
      this.count += 1;
      this.told.point(this.count);
    } else if (event.key === 'Backspace') {
      this.drawing.removeLastPoint();
    } else if (event.key === 'Enter') {
      if (this.count >= (this.type === 'Polygon' ? 3 : 2)) this.drawing.finishDrawing();
    } else return;
    event.preventDefault();
  }
}
