// The layers other modules bring: each fetched for what is in sight, only while it is switched on.
import { Asking } from './server.js';
import { count, say } from './words.js';
import { layerStyle } from './look.js';

export class Overlays {
  // boxes: the check boxes of the form; failed(words)
  constructor(ol, map, host, boxes, { failed }) {
    Object.assign(this, { ol, map, host, failed });
    this.format = new ol.format.GeoJSON({ dataProjection: 'EPSG:4326', featureProjection: 'EPSG:3857' });
    this.layers = boxes.map((box) => this.#layerOf(box));
    map.on('moveend', () => this.refresh());
  }

  colour(colours) {
    for (const { layer, tone, isArea } of this.layers) layer.setStyle(layerStyle(this.ol, colours, tone, isArea));
  }

  refresh() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.layers.filter((one) => one.box.checked).forEach((one) => this.#fetch(one)), 150);
  }

  get codes() {
    return this.layers.filter((one) => one.box.checked).map((one) => one.box.value);
  }

  #layerOf(box) {
    const isArea = 'area' in box.dataset;
    const layer = new this.ol.layer.Vector({ source: new this.ol.source.Vector(), declutter: true, visible: box.checked, zIndex: isArea ? 8 : 15, properties: { opens: true } });
    const one = { box, layer, isArea, tone: box.dataset.tone, word: box.dataset.word, asking: new Asking() };
    layer.set('code', box.value);
    this.map.addLayer(layer);
    box.addEventListener('change', () => {
      layer.setVisible(box.checked);
      if (box.checked) this.#fetch(one);
    });
    return one;
  }

  async #fetch({ box, layer, asking, word }) {
    const extent = this.map.getView().calculateExtent(this.map.getSize());
    const corners = this.ol.proj.transformExtent(extent, 'EPSG:3857', 'EPSG:4326').map((degrees) => degrees.toFixed(5));
    try {
      const found = await asking.ask(this.host.getAttribute('layer').replace('CODE', box.value), new URLSearchParams({ box: corners.join(',') }));
      if (!found) return;
      layer.getSource().clear(true);
      layer.getSource().addFeatures(this.format.readFeatures(found));
      this.host.setAttribute(`data-layer-${box.value}`, found.features.length);
      if (found.has_more) this.failed(say('layer_part', { name: word, shown: count(found.features.length) }));
    } catch (error) {
      this.failed(`${say('layer_failed', { name: word })} ${error.message}`);
    }
  }
}
