// <ld-area-editor>: a redrawing plan on the map. Every act posts one step; the answer is the plan as it stands, or a
// refusal that is shown while whatever was drawn and filled in stays. Markup: `areas/plan.html`, `areas/tools.html`.
import { Canvas } from './canvas.js';
import { loadLibrary } from '../web/map-library.js';
import { Draft } from './draft.js';
import { Incomplete, STEPS, areaNamed, halving, lineOf, needArea, pasted } from './forms.js';
import { Refused, post, read } from './server.js';
import { say } from './words.js';

const DRAWN = { split: 'LineString', add: 'Polygon', overlay: 'Polygon' };

class LdAreaEditor extends HTMLElement {
  async connectedCallback() {
    if (this.canvas) return;
    this.tool = '';
    this.areas = new Map();
    try {
      this.canvas = new Canvas(await loadLibrary(this.getAttribute('library')), this, this.getAttribute('scope'));
      this.draft = new Draft(this.canvas, {
        drawn: () => this.#drawn(),
        point: (count) => this.#tell(say('point_added', { count })),
      });
      this.#listen();
      const [state, overlays] = await Promise.all([read(this.getAttribute('state-url')), read(this.getAttribute('overlays'))]);
      this.canvas.setOverlays(overlays);
      await this.#take(state);
      this.canvas.fit(this.canvas.extent(), 0);
      this.setAttribute('loaded', '');
    } catch (error) {
      this.#refuse(error instanceof Refused ? error : new Refused({ detail: say('failed') }));
    }
  }

  get chosen() {
    return this.canvas.shown.chosen;
  }

  get form() {
    const part = this.querySelector(`[data-for="${this.tool}"]`);
    return part?.matches('form') ? part : part?.querySelector('form');
  }

  #listen() {
    // Not 'singleclick', which waits and takes two quick clicks for one double click.
    this.canvas.map.on('click', (event) => event.originalEvent.altKey || this.#picked(event.coordinate));
    this.addEventListener('click', (event) => this.#clicked(event));
    this.addEventListener('submit', (event) => this.#submitted(event));
    this.addEventListener('change', (event) => event.target.matches('[data-area]') && this.#named(event.target));
    document.addEventListener('keydown', (event) => {
      const busy = document.querySelector('dialog[open], .ld-menu[open]');
      if (event.key === 'Escape' && !busy && (this.draft.isDrawing || this.draft.geometry || this.chosen.size)) this.#clear();
    });
  }

  // ── what the server says ──────────────────────────────────────────────────────────────────────────────────────

  async #take(state) {
    if (state.base !== this.base) {
      this.canvas.setBase(await read(state.base));
      this.base = state.base;
    }
    this.canvas.lay(state.changed, state.gone);
    this.canvas.setFaults(state.faults);
    this.areas = new Map(state.areas.map(([code, parent, level, name]) => [code, { code, parent, level, name }]));
    this.querySelector('#area-options').replaceChildren(
      ...[...this.areas.values()].map(({ code, name }) => Object.assign(document.createElement('option'), { value: code, label: name })),
    );
    this.querySelector('#plan-panel').innerHTML = state.panel;
    const summary = this.querySelector('#consequences');
    if (summary) summary.innerHTML = state.summary;
    const undo = this.querySelector('[data-undo]');
    if (undo) undo.disabled = !state.steps;
    this.setAttribute('data-steps', state.steps);
    for (const code of this.chosen) if (!this.areas.has(code)) this.chosen.delete(code);
    if (state.said) this.#tell(state.said);
  }

  // Post, and take what comes back; true when it was taken.
  async #send(address, content) {
    if (this.hasAttribute('busy')) return false;
    this.setAttribute('busy', '');
    this.#refuse(null);
    this.#tell(say('busy'));
    try {
      const answer = await post(address, content);
      if (answer.go) location.assign(answer.go);
      else if ('features' in answer) this.#overlaid(answer);
      else await this.#take(answer);
      return true;
    } catch (error) {
      this.#refuse(error instanceof Refused ? error : new Refused({ detail: error.message }));
      return false;
    } finally {
      this.removeAttribute('busy');
    }
  }

  #overlaid(answer) {
    this.canvas.setOverlays(answer.features);
    this.querySelector('#overlay-panel').innerHTML = answer.panel;
    this.#tell(answer.said);
  }

  #refuse(error) {
    const place = this.querySelector('.ar-refusal');
    place.hidden = !error;
    place.replaceChildren();
    if (!error) return;
    const note = this.querySelector('#ar-note').content.firstElementChild.cloneNode(true);
    note.removeAttribute('role');
    const { detail, remedy = '', lines = [], faults } = error.told ?? { detail: error.message };
    const words = note.querySelector('div');
    words.replaceChildren(Object.assign(document.createElement('strong'), { textContent: detail }), ` ${remedy}`);
    if (lines.length) {
      const list = document.createElement('ul');
      list.append(...lines.slice(0, 20).map((line) => Object.assign(document.createElement('li'), { textContent: line })));
      words.append(list);
    }
    place.append(note);
    place.scrollIntoView({ block: 'nearest' });
    if (faults) this.canvas.setFaults({ type: 'FeatureCollection', features: faults });
    this.#tell('');
  }

  #tell(words) {
    this.querySelector('.ar-said').textContent = words;
  }

  // ── tools ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #takeUp(tool) {
    this.#refuse(null);
    this.draft.clear();
    this.tool = tool === this.tool ? '' : tool;
    if (this.tool !== 'merge' && this.chosen.size > 1) this.chosen.clear();
    for (const button of this.querySelectorAll('[data-tool]')) button.setAttribute('aria-pressed', String(button.dataset.tool === this.tool));
    for (const part of this.querySelectorAll('[data-for]')) part.hidden = part.dataset.for !== this.tool;
    if (this.tool === 'overlay') for (const layer of ['road', 'patrol']) this.canvas.setLayer(layer, true);
    this.#fill();
    this.#begin();
    this.canvas.repaint();
    this.#tell('');
    this.form?.querySelector('input:not([type=hidden]), select')?.focus();
  }

  #begin() {
    if (DRAWN[this.tool]) this.draft.draw(DRAWN[this.tool]);
    else if (this.tool === 'reshape') this.#edit();
  }

  #edit() {
    const [code] = this.chosen;
    const geometry = code && this.canvas.shapes.get(code)?.getGeometry();
    if (!geometry) return;
    this.draft.show(geometry.clone());
    this.#tell(say('editing', { name: this.areas.get(code).name }));
  }

  #clear({ keepChosen = false } = {}) {
    const had = this.draft.isDrawing || this.draft.geometry;
    this.draft.clear();
    if (!keepChosen) this.chosen.clear();
    this.#refuse(null);
    this.#fill();
    this.#begin();
    this.canvas.repaint();
    if (had) this.#tell(say('dropped'));
  }

  #drawn() {
    this.#guess();
    this.#tell(say(this.tool === 'split' ? 'line_drawn' : 'outline_drawn'));
    this.form.querySelector('.btn-primary').focus();
  }

  // An empty field takes the area that the drawing itself shows: the one cut through, or the one drawn in.
  #guess() {
    const field = this.form.elements.area ?? this.form.elements.parent;
    if (!field || field.value) return;
    const { geometry } = this.draft;
    if (this.tool === 'split') return this.#choose(this.canvas.at(geometry.getCoordinateAt(0.5))?.get('code'));
    const inside = geometry.getType() === 'Polygon' ? geometry.getInteriorPoint() : geometry.getPolygon(0).getInteriorPoint();
    const around = this.canvas.at(inside.getCoordinates(), { grid: 'community', community: 'town', town: 'town' }[this.canvas.shown.level]);
    field.value = this.areas.has(around?.get('code')) ? around.get('code') : '';
    this.#caption(field);
  }

  // ── choosing areas ────────────────────────────────────────────────────────────────────────────────────────────

  #picked(coordinate) {
    if (this.draft.isDrawing || (this.draft.geometry && this.draft.changed)) return;
    const feature = this.canvas.at(coordinate);
    if (!feature) return this.#tell(say('nothing_here'));
    const code = feature.get('code');
    if (!this.areas.has(code)) return this.#tell(say('outside_plan', { name: feature.get('name') }));
    if (this.tool === 'merge' && this.chosen.has(code)) return this.#drop(code);
    this.#choose(code);
    if (this.tool === 'reshape') this.#edit();
  }

  #choose(code) {
    const area = this.areas.get(code);
    if (!area) return;
    if (this.tool !== 'merge') this.chosen.clear();
    this.chosen.add(code);
    this.#fill();
    this.canvas.repaint();
    this.#tell(say('chosen', area));
  }

  #drop(code) {
    this.chosen.delete(code);
    this.#fill();
    this.canvas.repaint();
    this.#tell(say('unchosen', this.areas.get(code) ?? { name: code }));
  }

  // The form shows what is chosen on the map.
  #fill() {
    const { form } = this;
    if (!form) return;
    const [code = ''] = this.chosen;
    if (this.tool === 'merge') return this.#list(form);
    const field = form.elements.area ?? form.elements.parent;
    if (!field) return;
    // A grid is the parent of nothing: what is drawn beside it has the same parent.
    const area = this.areas.get(code);
    field.value = this.tool === 'add' && area?.level === 'grid' ? area.parent : code;
    this.#caption(field);
    if (this.tool === 'rename') form.elements.name.value = this.areas.get(code)?.name ?? '';
  }

  #list(form) {
    const lines = [...this.chosen].map((code) => {
      const line = document.createElement('li');
      const button = Object.assign(document.createElement('button'), { type: 'button', className: 'btn btn-quiet btn-sm', textContent: say('remove') });
      button.dataset.remove = code;
      button.setAttribute('aria-label', `${say('remove')} ${this.areas.get(code).name}`);
      line.append(Object.assign(document.createElement('span'), { textContent: this.areas.get(code).name }), Object.assign(document.createElement('span'), { className: 'ld-number ld-soft', textContent: code }), button);
      return line;
    });
    form.querySelector('.ar-chosen').replaceChildren(...lines);
    const [first] = this.chosen;
    if (!form.elements.name.value || form.elements.name.value === this.suggested) {
      this.suggested = form.elements.name.value = this.areas.get(first)?.name ?? '';
    }
  }

  // A code or name was typed.
  #named(field) {
    const area = areaNamed(this.areas, field.value);
    this.#caption(field);
    if (!area || this.tool === 'merge') return;
    field.value = area.code;
    this.#caption(field);
    this.chosen.clear();
    this.chosen.add(area.code);
    this.canvas.reveal(area.code);
    if (this.tool === 'rename') this.form.elements.name.value = area.name;
    if (this.tool === 'reshape' && !this.draft.changed) this.#edit();
    this.canvas.repaint();
  }

  #caption(field) {
    const area = areaNamed(this.areas, field.value);
    const missing = field.value.trim() ? say('no_such_area', { text: field.value.trim() }) : '';
    this.querySelector(`#${field.id}-name`).textContent = area ? area.name : missing;
  }

  // ── clicks and forms ──────────────────────────────────────────────────────────────────────────────────────────

  #clicked(event) {
    const target = event.target.closest('button, .ar-faults tr');
    if (!target) return;
    const { dataset } = target.matches('tr') ? target.querySelector('[data-fault]') : target;
    if ('tool' in dataset) this.#takeUp(dataset.tool);
    else if ('undo' in dataset) this.#send(this.getAttribute('undo-url'));
    else if ('clear' in dataset) this.#clear();
    else if ('fault' in dataset) this.canvas.showFault(Number(dataset.fault));
    else if ('remove' in dataset) this.#drop(dataset.remove);
    else if ('open' in dataset) document.getElementById(dataset.open).showModal();
    else if ('adopt' in dataset || 'drop' in dataset) this.#finish(target);
    else this.#attempt(() => this.#help(dataset));
  }

  // The ways to draw without a mouse.
  #help(dataset) {
    const { form } = this;
    if ('halve' in dataset) {
      const area = areaNamed(this.areas, form.elements.area.value);
      const shape = area && this.canvas.shapes.get(area.code);
      if (!shape) throw new Incomplete(say('no_area'));
      this.draft.show(new this.canvas.ol.geom.LineString(halving(shape.getGeometry().getExtent(), dataset.halve)));
      this.#drawn();
    } else if ('points' in dataset) this.#put(lineOf(form));
    else if ('paste' in dataset) this.#put(pasted(form.elements.paste.value));
    else if ('add' in dataset) this.#more(form.elements.more);
  }

  #put(geometry) {
    try {
      this.draft.put(geometry);
    } catch {
      throw new Incomplete(say('bad_json'));
    }
    this.canvas.fit(this.draft.geometry.getExtent());
    this.#drawn();
  }

  #more(field) {
    const text = field.value.trim();
    const area = areaNamed(this.areas, text);
    if (!area) throw new Incomplete(text ? say('no_such_area', { text }) : say('no_area'));
    this.#choose(area.code);
    field.value = '';
    this.#caption(field);
    field.focus();
  }

  #submitted(event) {
    const { target } = event;
    if (target.matches('.ar-day')) return;
    event.preventDefault();
    if (target.dataset.endOverlay) this.#send(target.dataset.endOverlay, { until_on: target.elements.until_on.value });
    else if ('move' in target.dataset) this.#finish(target.querySelector('button'), new FormData(target));
    else if ('overlayFile' in target.dataset) this.#attempt(() => this.#import(target, 'overlay-file-url'));
    else this.#attempt(() => this.#step(target));
  }

  async #finish(button, content = {}) {
    const [name] = ['adopt', 'drop'].filter((one) => one in button.dataset);
    button.closest('dialog').close();
    await this.#send(this.getAttribute(`${name ?? 'move'}-url`), content);
  }

  async #step(form) {
    const { tool } = this;
    if (tool === 'import') return this.#import(form, 'import-url');
    const step = STEPS[tool](form, { areas: this.areas, draft: this.draft, chosen: this.chosen });
    if (!(await this.#send(this.getAttribute(tool === 'overlay' ? 'draw-url' : 'step-url'), step))) return;
    form.reset();
    this.draft.clear();
    this.chosen.clear();
    this.#fill();
    this.#begin();
    this.canvas.repaint();
  }

  async #import(form, url) {
    const { file, area } = form.elements;
    const most = Number(file.dataset.most);
    if (file.files[0]?.size > most) throw new Incomplete(say('too_large', { most: Math.round(most / 1e6) }));
    const content = new FormData(form);
    if (area?.value.trim()) content.set('area', needArea(this.areas, area));
    if (await this.#send(this.getAttribute(url), content)) form.reset();
  }

  async #attempt(act) {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof Incomplete)) throw error;
      this.#refuse(error);
    }
  }
}

customElements.define('ld-area-editor', LdAreaEditor);
