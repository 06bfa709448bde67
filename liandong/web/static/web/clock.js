// <ld-clock due="…" now="…" soon="14400" state="…"><svg/><span data-text>剩 3 小时 20 分</span></ld-clock>
// Goes on counting from the server's `now`; the PC's own clock may be wrong and is never asked.
import { text } from './texts.js';

const ICONS = { late: 'exclamation-octagon', due_soon: 'hourglass-split', in_time: 'clock' };
const running = new Set();
let ticker = 0;

export function span(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  if (days) return text('span.days', { days, hours });
  if (hours) return text('span.hours', { hours, minutes });
  if (minutes) return text('span.minutes', { minutes });
  return text('span.seconds', { seconds });
}

class LdClock extends HTMLElement {
  static observedAttributes = ['due', 'now'];

  connectedCallback() {
    this.#rebase();
    running.add(this);
    ticker ||= setInterval(() => running.forEach((clock) => clock.tick()), 1000);
  }

  disconnectedCallback() {
    running.delete(this);
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#rebase();
  }

  #rebase() {
    this.due = Date.parse(this.getAttribute('due') ?? '');
    this.start = Date.parse(this.getAttribute('now') ?? '') - performance.now();
    this.soon = Number(this.getAttribute('soon') ?? 0) * 1000;
  }

  tick() {
    if (Number.isNaN(this.due) || Number.isNaN(this.start)) return;
    const left = this.due - (this.start + performance.now());
    const state = left < 0 ? 'late' : left <= this.soon ? 'due_soon' : 'in_time';
    const words = left < 0 ? text('clock.late', { span: span(-left) }) : text('clock.left', { span: span(left) });
    const place = this.querySelector('[data-text]');
    if (place && place.textContent !== words) place.textContent = words;
    if (this.getAttribute('state') !== state) this.#turn(state);
  }

  #turn(state) {
    this.setAttribute('state', state);
    const use = this.querySelector('use');
    if (use) use.setAttribute('href', `${use.getAttribute('href').split('#')[0]}#${ICONS[state]}`);
    this.dispatchEvent(new CustomEvent('ld:clock', { detail: { state }, bubbles: true }));
  }
}

customElements.define('ld-clock', LdClock);
