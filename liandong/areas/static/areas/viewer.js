// <ld-area-map library outlines overlays>: the map of a day. Rows of the report zoom to their fault.
import { Canvas } from './canvas.js';
import { loadLibrary } from '../web/map-library.js';
import { read } from './server.js';
import { say } from './words.js';

class LdAreaMap extends HTMLElement {
  async connectedCallback() {
    if (this.canvas) return;
    this.addEventListener('click', (event) => this.#clicked(event));
    document.addEventListener('htmx:after:swap', () => this.#report());
    try {
      this.canvas = new Canvas(await loadLibrary(this.getAttribute('library')), this);
      const [outlines, overlays] = await Promise.all([read(this.getAttribute('outlines')), read(this.getAttribute('overlays'))]);
      this.canvas.setBase(outlines);
      this.canvas.setOverlays(overlays);
      this.canvas.fit(this.canvas.extent(), 0);
      this.setAttribute('data-areas', this.canvas.shapes.size);
      this.canvas.map.on('click', ({ coordinate }) => this.#picked(this.canvas.at(coordinate)));
      this.#report();
    } catch {
      this.querySelector('.ar-canvas').append(Object.assign(document.createElement('p'), { className: 'ld-map-failed', role: 'status', textContent: say('failed') }));
    }
  }

  #report() {
    const found = this.querySelector('#report-features');
    if (found && this.canvas) this.canvas.setFaults(JSON.parse(found.textContent));
  }

  #picked(feature) {
    const { chosen } = this.canvas.shown;
    chosen.clear();
    if (feature) chosen.add(feature.get('code'));
    this.canvas.repaint();
    this.querySelector('.ar-said').textContent = feature ? say('chosen', feature.getProperties()) : say('nothing_here');
  }

  #clicked(event) {
    const row = event.target.closest('[data-fault]') ?? event.target.closest('.ar-faults tr')?.querySelector('[data-fault]');
    if (row && this.canvas) this.canvas.showFault(Number(row.dataset.fault));
  }
}

customElements.define('ld-area-map', LdAreaMap);
