// One event stream per browser. The tab that holds the lock reads it and tells the others; when it closes, another
// takes over and asks for what came after the last event seen. Events carry ids only: pages fetch what they may see.
//
//   <ld-live url="/events/" after="…" user="17">   shows 实时 / 正在连接 / 已断开; `after` is where the page stood
//   body ← CustomEvent 'ld:case'  {ids: [...], events: [...], reset: bool}   at most once a second, and while nobody
//                                 looks at the page not at all: what was missed comes when somebody does
//   [data-case-id] ← 'ld:this-case'   when that case is among them, or on a reset
//   body ← CustomEvent 'ld:duty'   when a swap or roster of this person changed
//   body ← CustomEvent 'ld:message'   when something came into this person's inbox
//   body ← CustomEvent 'ld:call'   at once when a call of this person moved, and on a reset
//   body ← CustomEvent 'ld:handover'   when a hand-over to 110, 119 or 120 moved or is asked after, and on a reset
//   body ← CustomEvent 'ld:live'  {state: 'on' | 'connecting' | 'off'}
import { speak, text } from './texts.js';
import { toast } from './toast.js';

const EVERY_MS = 1000;
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 30000;
const SILENCE_MS = 45000; // the server breathes every 15 s; three missed breaths are a broken line

let collected = null;
let timer = 0;
let toldAt = -Infinity;

function tell() {
  timer = 0;
  toldAt = performance.now();
  const detail = { ids: [...collected.ids], events: [...collected.events], reset: collected.reset };
  collected = null;
  for (const element of document.querySelectorAll('[data-case-id]')) {
    const concerned = detail.reset || detail.ids.includes(Number(element.dataset.caseId));
    if (concerned) element.dispatchEvent(new CustomEvent('ld:this-case', { detail }));
  }
  document.body.dispatchEvent(new CustomEvent('ld:case', { detail, bubbles: true }));
}

export function announce(event) {
  collected ??= { ids: new Set(), events: new Set(), reset: false };
  if (event.about === 'case') collected.ids.add(event.subject);
  if (event.about === 'roster') document.body.dispatchEvent(new CustomEvent('ld:duty'));
  if (event.about === 'message') document.body.dispatchEvent(new CustomEvent('ld:message'));
  if (event.about === 'call' || event.reset) document.body.dispatchEvent(new CustomEvent('ld:call', { detail: event }));
  if (event.about === 'hand_over' || event.reset) document.body.dispatchEvent(new CustomEvent('ld:handover', { detail: event }));
  if (event.about === 'account') toast('info', text('live.rights'));
  if (event.event) collected.events.add(event.event);
  if (event.reset) collected.reset = true;
  tellSoon();
}

// Ten tabs behind the one that is looked at would ask ten times as much.
function tellSoon() {
  if (collected && !timer && !document.hidden) timer = setTimeout(tell, Math.max(0, EVERY_MS - (performance.now() - toldAt)));
}

document.addEventListener('visibilitychange', tellSoon);

class Stream {
  constructor(url, { last, onEvent, onState }) {
    Object.assign(this, { url, last, onEvent, onState, wait: FIRST_RETRY_MS, source: null, retry: 0, watch: 0 });
  }

  open() {
    this.onState('connecting');
    const url = this.last ? `${this.url}?after=${encodeURIComponent(this.last)}` : this.url;
    this.source = new EventSource(url);
    this.source.onopen = () => this.#alive();
    this.source.onmessage = (message) => this.#take(message);
    this.source.addEventListener('ping', () => this.#alive());
    this.source.addEventListener('here', (message) => {
      this.last = message.lastEventId;
    });
    this.source.addEventListener('signed-out', () => document.querySelector('form[data-dirty]') || location.reload());
    this.source.addEventListener('reset', (message) => {
      this.last = message.lastEventId;
      this.#alive();
      this.onEvent({ id: this.last, reset: true });
    });
    this.source.onerror = () => this.#broken();
  }

  #take(message) {
    this.last = message.lastEventId || this.last;
    this.#alive();
    const { id: subject, ...news } = JSON.parse(message.data);
    this.onEvent({ ...news, subject, id: this.last });
  }

  #alive() {
    this.wait = FIRST_RETRY_MS;
    this.onState('on');
    clearTimeout(this.watch);
    this.watch = setTimeout(() => this.#broken(), SILENCE_MS);
  }

  #broken() {
    this.source.close();
    clearTimeout(this.watch);
    this.onState('off');
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.open(), this.wait * (0.5 + Math.random()));
    this.wait = Math.min(this.wait * 2, LAST_RETRY_MS);
  }
}

export function live(url, user, { last, onEvent, onState }) {
  const channel = new BroadcastChannel(`ld-live-${user}`);
  let leading = false;
  let state = 'connecting';
  const stream = new Stream(url, {
    last,
    onEvent: (event) => {
      onEvent(event);
      channel.postMessage({ event });
    },
    onState: (now) => {
      state = now;
      onState(now);
      channel.postMessage({ state: now });
    },
  });
  channel.onmessage = ({ data }) => {
    if (data.ask && leading) channel.postMessage({ state, last: stream.last });
    if (leading) return;
    if (data.event) {
      stream.last = data.event.id || stream.last;
      onEvent(data.event);
    }
    if (data.last) stream.last ||= data.last;
    if (data.state) onState(data.state);
  };
  const lead = () => {
    leading = true;
    stream.open();
    return new Promise(() => {}); // held as long as this tab lives
  };
  // Over plain http the browser has no locks: each tab then reads a stream of its own.
  if (navigator.locks) {
    navigator.locks.request(`ld-live-${user}`, lead);
    channel.postMessage({ ask: true });
  } else {
    lead();
  }
}

class LdLive extends HTMLElement {
  connectedCallback() {
    if (this.started || !this.getAttribute('user')) return;
    this.started = true;
    live(this.getAttribute('url'), this.getAttribute('user'), {
      last: this.getAttribute('after') ?? '',
      onEvent: announce,
      onState: (state) => this.show(state),
    });
  }

  show(state) {
    const before = this.getAttribute('state');
    if (state === before) return;
    if (before === 'off' && state === 'connecting') return; // still off until the line stands
    this.setAttribute('state', state);
    this.textContent = text(`live.${state}`);
    this.title = state === 'off' ? text('live.off.hint') : '';
    document.body.dispatchEvent(new CustomEvent('ld:live', { detail: { state } }));
    if (before === 'off' && state === 'on') speak(text('live.on'));
  }
}

customElements.define('ld-live', LdLive);
