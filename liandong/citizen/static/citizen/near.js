// What the server knows about a report while it is being written: its grid, open reports near by, likely classes.
// Silent without a network: nothing of it is needed to send.
import { element } from './words.js';

const PAUSE_MS = 700;
const LONG_ENOUGH = 4;

export class Near {
  constructor(form, { joined }) {
    this.form = form;
    this.room = document.getElementById('near');
    this.offers = document.getElementById('class-offers');
    this.chosen = document.getElementById('class-chosen');
    this.timer = 0;
    this.asked = '';
    this.room.addEventListener('click', (event) => {
      const { join, key } = event.target.closest('[data-join]')?.dataset ?? {};
      if (join) joined(join, key);
    });
    this.offers.addEventListener('click', (event) => {
      const button = event.target.closest('button');
      if (button) this.#choose(button.value, button.textContent);
    });
    const drop = this.chosen.querySelector('[data-drop-class]');
    drop.hidden = false;
    drop.addEventListener('click', () => this.#choose('', ''));
  }

  // Asks anew, a moment after the last change.
  look() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#look().catch(() => {}), PAUSE_MS);
  }

  forget() {
    this.room.replaceChildren();
    this.#choose('', '');
    this.offers.hidden = true;
    this.asked = '';
  }

  async #look() {
    const { words, address, lon, lat, class_code: kind } = this.form.elements;
    const about = new URLSearchParams({ words: words.value, address: address.value, lon: lon.value, lat: lat.value, class_code: kind.value });
    if (about.toString() === this.asked || !navigator.onLine) return;
    this.asked = about.toString();
    const knowsWhere = lon.value || address.value.length >= LONG_ENOUGH;
    const jobs = [];
    if (knowsWhere && (words.value.length >= LONG_ENOUGH || lon.value)) jobs.push(this.#ask(about));
    if (words.value.length >= LONG_ENOUGH && !kind.value) jobs.push(this.#offer(words.value));
    await Promise.all(jobs);
  }

  async #ask(about) {
    const answer = await fetch(`${this.form.dataset.near}?${about}`, { headers: { Accept: 'text/html' } });
    if (answer.ok && about.toString() === this.asked) this.room.innerHTML = await answer.text();
  }

  async #offer(words) {
    const address = `${this.form.dataset.classes}?${new URLSearchParams({ words })}`;
    const answer = await fetch(address, { headers: { Accept: 'application/json' } });
    if (!answer.ok) return;
    const { classes } = await answer.json();
    const buttons = classes.map(({ code, name }) => element('button', { type: 'button', className: 'ci-choice', value: code, textContent: name }));
    this.offers.querySelector('.ci-choices').replaceChildren(...buttons);
    this.offers.hidden = !buttons.length;
  }

  #choose(code, name) {
    this.form.elements.class_code.value = code;
    this.chosen.querySelector('strong').textContent = name;
    this.chosen.hidden = !code;
    this.offers.hidden = Boolean(code) || !this.offers.querySelector('button');
  }
}
