// One day as it went, minute by minute: fetched once, then drawn in the browser. Play, pause, drag the time, or drag
// from day to day.
import { Asking } from './server.js';
import { count, say } from './words.js';

const STEP_MINUTES = 10;
const EVERY_MS = 250;
const DAY_MS = 86_400_000;

export class Replay {
  // form: day, its place among the last days, minute, play and what is shown; draw(rows) shows them on the map
  constructor(form, host, { failed, draw }) {
    Object.assign(this, { form, host, failed, draw, rows: [] });
    this.asking = new Asking();
    form.elements.minute.addEventListener('input', () => this.show());
    form.elements.day.addEventListener('change', () => this.open(this.question));
    form.elements.back.addEventListener('input', () => this.#toDay(Number(form.elements.back.value)));
    form.querySelector('[data-play]').addEventListener('click', () => (this.timer ? this.pause() : this.play()));
    form.addEventListener('submit', (event) => event.preventDefault());
  }

  get isOpen() {
    return !this.form.hidden;
  }

  async open(question) {
    this.question = question;
    this.pause();
    this.form.hidden = false;
    const { back, day } = this.form.elements;
    back.value = Math.round((Date.parse(day.value) - Date.parse(day.max)) / DAY_MS);
    back.setAttribute('aria-valuetext', day.value);
    const parameters = new URLSearchParams(question);
    for (const name of ['open', 'late', 'days', 'from', 'until']) parameters.delete(name);
    parameters.set('day', day.value);
    try {
      const found = await this.asking.ask(this.host.getAttribute('day'), parameters);
      if (!found || !this.isOpen) return;
      this.rows = found.rows;
      this.form.elements.minute.max = Math.max(STEP_MINUTES, Math.ceil(found.until / STEP_MINUTES) * STEP_MINUTES);
      this.form.elements.minute.value = found.until;
      this.part = found.cases > found.rows.length ? say('replay_part', { cases: count(found.cases), shown: count(found.rows.length) }) : '';
      this.show();
    } catch (error) {
      this.failed(error.message);
    }
  }

  close() {
    this.pause();
    this.asking.abort();
    this.form.hidden = true;
    this.rows = [];
  }

  play() {
    const { minute } = this.form.elements;
    if (Number(minute.value) >= Number(minute.max)) minute.value = 0;
    this.#label('pause');
    this.timer = setInterval(() => {
      minute.value = Number(minute.value) + STEP_MINUTES;
      this.show();
      if (Number(minute.value) >= Number(minute.max)) this.pause();
    }, EVERY_MS);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = 0;
    this.#label('play');
  }

  show() {
    const now = Number(this.form.elements.minute.value);
    const reported = this.rows.filter((row) => row[3] <= now);
    const open = reported.filter((row) => row[4] === null || row[4] > now);
    this.draw(reported.map(([lon, lat, number, , ended, late]) => ({ lon, lat, number, state: ended !== null && ended <= now ? 'done' : late !== null && late <= now ? 'late' : 'in_time' })));
    const time = `${String(Math.floor(now / 60)).padStart(2, '0')}:${String(now % 60).padStart(2, '0')}`;
    const words = this.rows.length ? say('replay_at', { time, reported: count(reported.length), open: count(open.length) }) : say('replay_none');
    this.form.querySelector('[data-shown]').textContent = [words, this.part].filter(Boolean).join(' · ');
  }

  #toDay(back) {
    const { day } = this.form.elements;
    day.value = new Date(Date.parse(day.max) + back * DAY_MS).toISOString().slice(0, 10);
    this.open(this.question);
  }

  #label(key) {
    const button = this.form.querySelector('[data-play]');
    button.querySelector('span').textContent = say(key);
    button.querySelector('use').setAttribute('href', button.querySelector('use').getAttribute('href').replace(/#.*/, `#${key}-fill`));
  }
}
