// <ld-live-map library areas picture shares day nearest layer card list lon lat>: the map of everything one may see.
// The filter is the list's, and so is its address; where one looks, how cases are drawn and which layers are on stand
// behind the #, so that a link shows the same to whoever may see it.
import { CasesLayer } from './cases-layer.js';
import { Overlays } from './overlays.js';
import { Replay } from './replay.js';
import { palette, shadeRanges } from './look.js';
import { Surface } from './surface.js';
import { Tools } from './tools.js';
import { count, length, say } from './words.js';
import { Asking } from './server.js';

const DRAWING = ['draw', 'length', 'surface'];
const FIELDS = ['text', 'stage', 'open', 'late', 'channel', 'days', 'class_code', 'unit', 'area'];

class LdLiveMap extends HTMLElement {
  async connectedCallback() {
    if (this.surface) return;
    this.form = this.querySelector('#filter');
    this.kept = [...this.form.querySelectorAll('input[type=hidden]')].filter((one) => !one.closest('ld-pick'));
    try {
      this.surface = new Surface(this, { key: (event) => this.#key(event) });
      await this.surface.open();
    } catch (error) {
      this.#say(say('failed', { why: error.message }));
      return;
    }
    this.#build();
    this.#listen();
    this.#asked();
  }

  #build() {
    const { ol, map } = this.surface;
    const failed = (why) => this.#say(say('failed', { why }));
    this.cases = new CasesLayer(ol, map, this, { failed, changed: (found) => this.#counted(found) });
    this.cases.outlinesOf = (level) => this.surface.outlinesOf(level);
    this.overlays = new Overlays(ol, map, this, [...this.form.querySelectorAll('[name=layer]')], { failed: (words) => this.#say(words) });
    this.tools = new Tools(ol, map, { said: (words) => this.#say(words), drawn: (shape) => this.#drawn(shape) });
    this.replay = new Replay(this.querySelector('.lm-replay'), this, { failed, draw: (rows) => this.#replayed(rows) });
    this.asking = new Asking();
    this.#fromHash();
    const shape = this.#hidden('shape');
    if (shape) this.tools.show(shape.value);
    this.querySelector('.lm-drawn').hidden = !shape;
    this.#colour();
    this.surface.colours(() => this.#colour());
  }

  #colour() {
    const colours = palette(this);
    for (const part of [this.surface, this.cases, this.overlays, this.tools]) part.colour(colours);
  }

  #listen() {
    this.addEventListener('click', (event) => this.#clicked(event));
    this.querySelector('.lm-side').addEventListener('keydown', (event) => event.key === 'Escape' && this.#side());
    this.form.addEventListener('submit', (event) => { event.preventDefault(); this.#asked(); });
    this.form.addEventListener('change', (event) => {
      if (event.target.name === 'as') this.#drawAs();
      else if (event.target.name === 'layer') this.#toHash();
      else if (!event.target.name.endsWith('_text')) this.#asked();
    });
    this.surface.map.on('singleclick', (event) => this.#touched(event));
    this.surface.map.on('pointermove', (event) => this.#pointed(event));
    this.surface.map.on('moveend', () => this.#toHash());
    document.body.addEventListener('ld:case', () => this.isConnected && this.cases.touched());
    document.addEventListener('visibilitychange', () => document.hidden || this.cases.woke());
  }

  // What the form asks, as the list's address asks it.
  #question() {
    const question = new URLSearchParams();
    for (const name of FIELDS) {
      const value = this.form.elements[name]?.value.trim();
      if (value) question.set(name, value);
    }
    for (const one of this.kept) question.append(one.name, one.value);
    return question;
  }

  #asked() {
    const question = this.#question();
    history.replaceState(null, '', `?${question}${location.hash}`);
    document.getElementById('lm-list').href = `${this.getAttribute('list')}?${question}`;
    if (this.replay.isOpen) this.replay.open(question);
    else this.cases.show({ question, as: this.form.elements.as.value });
  }

  async #drawAs() {
    const as = this.form.elements.as.value;
    try {
      if (as === 'town' || as === 'grid') await this.surface.loadAreas(as);
      this.cases.show({ as });
    } catch (error) {
      this.#say(say('failed', { why: error.message }));
    }
    this.#toHash();
  }

  #counted({ kind, cases, late }) {
    const values = { cases: count(cases), late: count(late) };
    const words = { points: 'counted_single', shares: 'counted_in_all' }[kind] ?? 'counted';
    document.getElementById('lm-counts').textContent = say(words, values);
    this.#keyOfShades(kind === 'heat' || kind === 'shares' ? this.cases.most : 0);
  }

  // The key of the shades, for as long as something is shaded.
  #keyOfShades(most) {
    const key = this.querySelector('.lm-shades');
    key.hidden = !most;
    key.replaceChildren(...shadeRanges(most).map(({ shade, least, most: last }) => {
      const row = Object.assign(document.createElement('li'), { textContent: least === last ? count(least) : `${count(least)}–${count(last)}` });
      row.style.setProperty('--shade', `var(--lm-heat-${shade + 1})`);
      return row;
    }));
  }

  #replayed(rows) {
    this.cases.marks.getSource().clear(true);
    this.cases.shades.getSource().clear(true);
    this.cases.marks.getSource().addFeatures(rows.map((row) => new this.surface.ol.Feature({ ...row, geometry: this.surface.point(row.lon, row.lat) })));
  }

  #clicked(event) {
    const tool = event.target.closest('[data-tool]')?.dataset.tool;
    if (tool) this.#use(tool);
    if (event.target.closest('[data-close]')) this.#side();
  }

  #use(tool) {
    const isAgain = this.tool === tool;
    this.#putAway();
    if (isAgain) return;
    if (tool === 'undraw') this.#drawn('');
    else if (tool === 'link') this.#copyLink();
    else if (tool === 'save') this.surface.save().then(() => this.#say(say('saved')));
    else if (tool === 'print') window.print();
    else if (tool === 'replay') this.#toggleReplay();
    else {
      this.tool = tool;
      if (DRAWING.includes(tool)) this.tools.use(tool);
      else this.#say(say('pick_point'));
    }
    this.#press();
  }

  // No tool in hand; what was measured goes, the range that narrows the question stays in sight.
  #putAway() {
    this.tools.putAway();
    this.tools.clear();
    const shape = this.#hidden('shape');
    if (shape) this.tools.show(shape.value);
    this.tool = undefined;
    this.#press();
  }

  #press() {
    for (const button of this.querySelectorAll('[data-tool][aria-pressed]')) {
      const { tool } = button.dataset;
      button.setAttribute('aria-pressed', String(tool === this.tool || (tool === 'replay' && this.replay.isOpen)));
    }
  }

  // Over plain http a page may not write to the clipboard: then the address is said, to be copied by hand.
  async #copyLink() {
    try {
      await navigator.clipboard.writeText(location.href);
      this.#say(say('copied'));
    } catch {
      this.#say(location.href);
    }
  }

  #toggleReplay() {
    const opens = !this.replay.isOpen;
    this.cases.hold(opens);
    if (opens) this.replay.open(this.#question());
    else this.replay.close();
  }

  #drawn(shape) {
    this.#hidden('shape')?.remove();
    this.kept = this.kept.filter((one) => one.name !== 'shape');
    if (shape) {
      const field = Object.assign(document.createElement('input'), { type: 'hidden', name: 'shape', value: shape });
      this.form.append(field);
      this.kept.push(field);
    }
    this.querySelector('.lm-drawn').hidden = !shape;
    this.#putAway();
    this.#asked();
  }

  #hidden(name) {
    return this.kept.find((one) => one.name === name);
  }

  #touched({ pixel, coordinate }) {
    if (this.tool === 'nearest') this.#nearest(coordinate);
    if (this.tool) return;
    const feature = this.surface.at(pixel);
    if (!feature) return;
    if (feature.get('number')) this.#card(feature.get('number'));
    else if (feature.get('lines')) this.#told(feature);
    else if (feature.get('cases')) this.surface.closer(feature.getGeometry());
  }

  #pointed({ pixel, dragging }) {
    if (dragging || this.tool || this.replay.isOpen) return;
    const feature = this.surface.at(pixel);
    this.surface.screen.style.cursor = feature ? 'pointer' : '';
    if (feature === this.pointed) return;
    this.pointed = feature;
    const cases = feature?.get('cases');
    if (cases === undefined) return;
    const values = { name: feature.get('name') ?? '', cases: count(cases), late: count(feature.get('late')) };
    this.#say(say(values.name ? 'share' : 'heat', values));
  }

  async #card(number) {
    try {
      const part = await this.asking.askForPart(this.getAttribute('card').replace('NUMBER', encodeURIComponent(number)));
      if (part === undefined) return;
      const content = document.createElement('template');
      content.innerHTML = part;
      this.#side(content.content);
    } catch (error) {
      this.#say(say('failed', { why: error.message }));
    }
  }

  #told(feature) {
    const article = Object.assign(document.createElement('article'), { className: 'lm-card' });
    article.append(Object.assign(document.createElement('h2'), { textContent: feature.get('name') }));
    for (const line of feature.get('lines')) article.append(Object.assign(document.createElement('p'), { textContent: line }));
    if (feature.get('url')) article.append(Object.assign(document.createElement('a'), { className: 'btn btn-primary', href: feature.get('url'), textContent: feature.get('name') }));
    this.#side(article);
  }

  async #nearest(coordinate) {
    const [lon, lat] = this.surface.ol.proj.toLonLat(coordinate).map((degrees) => degrees.toFixed(6));
    const found = await this.asking.ask(this.getAttribute('nearest'), new URLSearchParams({ lon, lat })).catch((error) => this.#say(say('failed', { why: error.message })));
    if (!found) return;
    const list = document.createElement('ol');
    list.className = 'lm-near';
    for (const near of found.rows) {
      const row = document.createElement('li');
      const lines = [`${near.kind} · ${near.reason} · ${length(near.metres)}`, near.duty && say('duty', { names: near.duty }), near.phone];
      row.append(Object.assign(document.createElement('strong'), { textContent: near.name }));
      for (const line of lines.filter(Boolean)) row.append(Object.assign(document.createElement('span'), { textContent: line }));
      list.append(row);
    }
    const article = Object.assign(document.createElement('article'), { className: 'lm-card' });
    article.append(Object.assign(document.createElement('h2'), { textContent: found.rows.length ? say('near', { lon, lat }) : say('near_none') }), list);
    this.#side(article);
  }

  #side(content) {
    const side = this.querySelector('.lm-side');
    side.hidden = !content;
    side.querySelector('[data-content]').replaceChildren(...(content ? [content] : []));
    if (content) side.querySelector('[data-close]').focus({ preventScroll: true });
    else this.surface.screen.focus({ preventScroll: true });
  }

  // Enter opens what lies in the middle; Escape closes what is open, one thing after the other.
  #key(event) {
    const centre = this.surface.map.getView().getCenter();
    if (event.key === 'Escape' && !this.querySelector('.lm-side').hidden) this.#side();
    else if (event.key === 'Escape' && this.tool) this.#putAway();
    else if (event.key === 'Enter' && !DRAWING.includes(this.tool)) {
      this.#touched({ pixel: this.surface.map.getPixelFromCoordinate(centre), coordinate: centre });
    } else return false;
    return true;
  }

  #fromHash() {
    const state = new URLSearchParams(location.hash.slice(1));
    const as = state.get('as');
    if (as && [...this.form.elements.as].some((one) => one.value === as)) this.form.elements.as.value = as;
    for (const box of this.form.querySelectorAll('[name=layer]')) {
      if ((state.get('layers') ?? '').split(',').includes(box.value)) box.click();
    }
    if (state.has('at')) this.surface.goTo(...state.get('at').split(',').map(Number));
    if (as === 'town' || as === 'grid') this.#drawAs();
  }

  #toHash() {
    const state = new URLSearchParams({ at: this.surface.where(), as: this.form.elements.as.value });
    if (this.overlays.codes.length) state.set('layers', this.overlays.codes.join(','));
    history.replaceState(null, '', `${location.search}#${state}`);
  }

  #say(words) {
    this.querySelector('.lm-said').textContent = words;
  }
}

customElements.define('ld-live-map', LdLiveMap);
