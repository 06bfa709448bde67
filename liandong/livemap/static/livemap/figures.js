// The panels of the wall, kept fresh: asked for again when something changes, at the pace of the answers, and every half
// minute all the same. How old they are is always in sight.
import { Asking } from './server.js';
import { Pace } from './pace.js';
import { speak } from '../web/texts.js';

const LEAST_REST_MS = 2000;
const LONGEST_REST_MS = 15000;
const AT_LEAST_EVERY_MS = 30000;
const OLD_SECONDS = 60;

export class Figures {
  // place: the element the panels stand in; address: where they come from; changed() after each time
  constructor(place, address, { changed = () => {} } = {}) {
    Object.assign(this, { place, address, changed, shownAt: performance.now() });
    this.asking = new Asking();
    this.pace = new Pace(() => this.#ask(), { least: LEAST_REST_MS, longest: LONGEST_REST_MS });
    this.fresh = document.querySelector('.wl-fresh');
    this.#drawn();
    document.body.addEventListener('ld:case', () => this.pace.touched());
    document.addEventListener('visibilitychange', () => document.hidden || this.pace.woke());
    setInterval(() => this.#tick(), 1000);
  }

  async #ask() {
    try {
      const part = await this.asking.askForPart(this.address);
      if (part === undefined) return true;
      const focused = this.place.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
      this.place.innerHTML = part;
      if (focused) [...this.place.querySelectorAll('a')].find((one) => one.getAttribute('href') === focused)?.focus();
      this.shownAt = performance.now();
      this.#drawn();
      return true;
    } catch (error) {
      // What one may no longer see does not stay; a broken line is told by the age of the figures.
      if (error.isOver) this.place.replaceChildren();
      return false;
    }
  }

  #drawn() {
    for (const bar of this.place.querySelectorAll('[data-share]')) bar.style.setProperty('--share', `${bar.dataset.share}%`);
    this.place.setAttribute('data-shown', String(Number(this.place.getAttribute('data-shown') ?? 0) + 1));
    this.changed();
  }

  #tick() {
    const seconds = Math.round((performance.now() - this.shownAt) / 1000);
    const isOld = seconds > OLD_SECONDS;
    this.fresh.textContent = (isOld ? this.fresh.dataset.old : this.fresh.dataset.words).replace('#', seconds);
    if (isOld !== document.body.classList.contains('wl-old')) speak(this.fresh.textContent);
    document.body.classList.toggle('wl-old', isOld);
    if (seconds * 1000 > AT_LEAST_EVERY_MS) this.pace.touched();
  }
}

class LdFigures extends HTMLElement {
  connectedCallback() {
    this.figures ??= new Figures(this.querySelector('#panels'), this.getAttribute('panels'));
  }
}

customElements.define('ld-figures', LdFigures);
