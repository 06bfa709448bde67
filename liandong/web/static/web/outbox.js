// What a person does is kept here first and sent from here, once, whether or not there is a network just now.
//
//   const outbox = openOutbox('field');                       // the same outbox in page, other tabs and worker
//   await outbox.keep({ url, fields, files, label, owner });  // kept on the disk before it returns
//   outbox.keepSending();                                     // in a page: at once, when online again, when looked at
//   outbox.addEventListener('change', redraw);                // {kind: kept|sending|sent|refused|later|…, id}
//   await outbox.waiting({ owner }); await outbox.sent({ owner }); await outbox.sendAll();
//
// Fields of an entry:
//   id       UUID, made here unless given; goes as `Idempotency-Key`, so that the server does it once
//   url      where it is POSTed, as multipart form, on this origin
//   fields   {name: text | number | boolean | [texts]}      files   [{field, blob, name}]
//   owner    the account it is by, as the session tells it; it is sent only while that account is signed in, and
//            `For-Account` says so to the server. '' for nobody in particular: sent whoever is signed in
//   group    entries of one group go in order, one after the other; a refused one holds those behind it
//   carry    names of members of the answer that go into the fields of those behind it (a case's version)
//   headers  more headers       label  words for the list       madeAt  when the person did it, by this device's clock
//
// The answer decides: 2xx with JSON, or 204: sent (a receipt with the answer stays, contents go) · 401, a redirect,
// another account: waits until that person signs in · 408, 425, 429, 5xx, no network, a page where JSON is due: waits
// and is tried again · any other 4xx: refused, kept with the words of the server until the person mends or drops it.
// Nothing is lost by itself.
//
// Web Locks let one page or worker send at a time. Without them (plain http) two tabs may both send: the server's
// idempotency makes that one act. No Background Sync is needed; where it is there, the worker sends when no page is.
import { OutboxClosed, OutboxStore } from './outbox-store.js';

export { OutboxClosed };

const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 300_000;
const GIVE_UP_MS = 60_000; // of one request without files; a megabyte more is given twenty seconds more
const MS_PER_MEGABYTE = 20_000;
const LATER = new Set([408, 425, 429]);
const opened = new Map();

export function openOutbox(name, { session = '/session/' } = {}) {
  if (!opened.has(name)) opened.set(name, new Outbox(name, session));
  return opened.get(name);
}

// The entry is on its way, or the server may have it already: it can be mended only once it was refused.
export class EntryUnderway extends Error {}

class Outbox extends EventTarget {
  constructor(name, session) {
    super();
    this.name = name;
    this.session = session;
    this.store = new OutboxStore(name);
    this.running = null;
    this.again = false;
    this.wait = FIRST_RETRY_MS;
    this.timer = 0;
    this.channel = new BroadcastChannel(`ld-outbox-${name}`);
    this.channel.onmessage = ({ data }) => this.dispatchEvent(new CustomEvent('change', { detail: data }));
  }

  async keep({ id = uuid(), files = [], ...given }) {
    const entry = {
      url: '', fields: {}, owner: '', group: id, carry: [], headers: {}, label: '', madeAt: new Date().toISOString(),
      ...given, id, state: 'waiting', tries: 0, attempted: false, why: '', files: files.map(described),
    };
    await this.store.add(entry, files);
    globalThis.navigator.storage?.persist?.().catch(() => {});
    this.#askForSync();
    this.#tell('kept', id);
    return id;
  }

  // What is not sent yet, oldest first: state 'waiting' | 'held' (behind a refused one) | 'refused'.
  async waiting({ owner } = {}) {
    const blocked = new Set();
    const found = [];
    for (const entry of await this.store.all()) {
      if (entry.state === 'sent') continue;
      if (owner === undefined || entry.owner === owner) {
        found.push(blocked.has(entry.group) && entry.state === 'waiting' ? { ...entry, state: 'held' } : entry);
      }
      if (entry.state === 'refused') blocked.add(entry.group);
    }
    return found;
  }

  // Receipts, newest first: {id, label, answer, sentAt, madeAt}.
  async sent({ owner } = {}) {
    const all = await this.store.all();
    return all.filter((one) => one.state === 'sent' && (owner === undefined || one.owner === owner)).reverse();
  }

  async files(id) {
    const entry = await this.store.get(id);
    return entry ? this.store.files(entry) : [];
  }

  // Changes what was refused, or never tried, and lets it go again; `files` replaces all of them.
  // Raises EntryUnderway where the server may have it.
  async mend(id, { files, ...changes } = {}) {
    const change = (now) => !underway(now) && {
      ...now, ...changes, id, state: 'waiting', refusal: null, tries: 0, why: '',
      files: files ? files.map(described) : now.files,
    };
    if (!(await this.store.update(id, change, { files }))) throw new EntryUnderway(id);
    this.#askForSync();
    this.#tell('kept', id);
  }

  // Gives an entry up, contents and all. Raises EntryUnderway where the server may have it, unless `anyway`.
  async drop(id, { anyway = false } = {}) {
    const entry = await this.store.get(id);
    if (entry && underway(entry) && !anyway) throw new EntryUnderway(id);
    await this.store.remove(id);
    this.#tell('dropped', id);
  }

  // Forgets a receipt that was read.
  async forget(id) {
    if ((await this.store.get(id))?.state === 'sent') await this.drop(id, { anyway: true });
  }

  // Sends what can be sent; {sent, refused, left}. Called while it runs, it goes round once more.
  sendAll() {
    if (this.running) {
      this.again = true;
      return this.running;
    }
    const locks = globalThis.navigator.locks;
    const name = `ld-outbox-${this.name}`;
    this.again = false;
    this.running = (async () => {
      try {
        return await (locks ? locks.request(name, () => this.#rounds()) : this.#rounds());
      } finally {
        this.running = null;
        if (this.again) this.sendAll().catch(() => {}); // asked for after the last round had begun
      }
    })();
    return this.running;
  }

  // For pages: sends now and whenever there is hope.
  keepSending() {
    const hope = () => {
      this.wait = FIRST_RETRY_MS;
      this.sendAll().catch((error) => console.info('outbox:', error.message));
    };
    addEventListener('online', hope);
    addEventListener('pageshow', hope);
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && hope());
    this.addEventListener('change', ({ detail }) => detail.kind === 'kept' && hope());
    hope();
  }

  async #rounds() {
    const count = { sent: 0, refused: 0, left: 0 };
    do {
      this.again = false;
      count.left = await this.#pass(count);
    } while (this.again);
    if (count.left) this.#retryLater();
    return count;
  }

  async #pass(count) {
    const held = new Set();
    let left = 0;
    let who = null;
    for (const { id, group } of await this.store.all()) {
      const entry = await this.store.get(id); // as it is now: one sent before it may have changed it
      if (!entry || entry.state === 'sent') continue;
      if (entry.state === 'refused') held.add(group);
      if (held.has(group)) continue;
      who ??= await this.#whoIsThere();
      const met = who && (!entry.owner || entry.owner === who.owner) ? await this.#send(entry, who) : null;
      if (met?.kind === 'stale') {
        who = await this.#whoIsThere();
        this.again ||= Boolean(who) && entry.tries === 0;
      }
      if (met?.kind === 'sent' || met?.kind === 'refused') count[met.kind] += 1;
      if (met?.kind !== 'sent') held.add(group);
      if (met?.kind !== 'sent' && met?.kind !== 'refused' && (!who || met)) left += 1;
      if (!who || met?.kind === 'gone') return left;
      if (!met || met.kind === 'signed_out') await this.#note(entry, entry.owner === who.owner ? 'sign_in' : 'other');
    }
    return left;
  }

  // The session's account and a fresh token against forged requests; null without a network.
  async #whoIsThere() {
    if (globalThis.navigator.onLine === false) return null;
    try {
      const headers = { Accept: 'application/json' };
      const response = await fetch(this.session, { headers, cache: 'no-store', signal: AbortSignal.timeout(GIVE_UP_MS) });
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }

  async #send(entry, who) {
    await this.store.update(entry.id, (now) => ({ ...now, attempted: true, why: 'sending' }));
    this.#tell('sending', entry.id);
    const files = await this.store.files(entry);
    let response;
    let body;
    try {
      response = await fetch(entry.url, request(entry, files, who));
      body = await bodyOf(response);
    } catch {
      await this.#later(entry, 'network');
      return { kind: 'gone' };
    }
    const kind = meaningOf(response, body);
    if (kind === 'sent') await this.#sent(entry, response, body);
    else if (kind === 'refused') await this.#refused(entry, response, body);
    else await this.#later(entry, kind, Number(response.headers.get('Retry-After')) * 1000);
    return { kind: response.status === 429 || response.status === 503 ? 'gone' : kind };
  }

  async #sent(entry, response, answer) {
    const done = (now) => ({
      ...now, state: 'sent', attempted: false, why: '', refusal: null, answer, sentAt: new Date().toISOString(),
      fields: {}, headers: {}, files: [],
    });
    const carried = (behind) => {
      const names = behind.carry.filter((name) => answer && name in answer);
      return { ...behind, fields: { ...behind.fields, ...Object.fromEntries(names.map((name) => [name, answer[name]])) } };
    };
    await this.store.update(entry.id, done, { behind: carried });
    this.wait = FIRST_RETRY_MS;
    this.#tell('sent', entry.id);
  }

  async #refused(entry, response, body) {
    const refusal = {
      ...(body ?? {}), status: response.status, code: body?.title ?? '', says: body?.detail ?? '', remedy: body?.remedy ?? '',
    };
    await this.store.update(entry.id, (now) => ({ ...now, state: 'refused', attempted: false, why: '', refusal }));
    this.#tell('refused', entry.id);
  }

  async #later(entry, why, wait = 0) {
    if (wait > 0) this.wait = Math.min(Math.max(this.wait, wait), LAST_RETRY_MS);
    await this.store.update(entry.id, (now) => ({ ...now, why, tries: now.tries + 1 }));
    this.#tell('later', entry.id);
  }

  async #note(entry, why) {
    const noted = await this.store.update(entry.id, (now) => now.why !== why && { ...now, why });
    if (noted) this.#tell('later', entry.id);
  }

  #retryLater() {
    clearTimeout(this.timer);
    if (typeof document === 'undefined') return; // a worker is woken by the browser, not by a timer
    this.timer = setTimeout(() => this.sendAll().catch(() => {}), this.wait * (0.5 + Math.random()));
    this.wait = Math.min(this.wait * 2, LAST_RETRY_MS);
  }

  #askForSync() {
    if (typeof document === 'undefined') return;
    const ready = globalThis.navigator.serviceWorker?.ready;
    ready?.then((registration) => registration.sync?.register(`ld-outbox-${this.name}`)).catch(() => {});
  }

  #tell(kind, id) {
    const detail = { kind, id };
    this.channel.postMessage(detail);
    this.dispatchEvent(new CustomEvent('change', { detail }));
  }
}

function underway(entry) {
  return entry.attempted || entry.state === 'sent';
}

// A random UUID; over plain http the browser makes none.
export function uuid() {
  if (globalThis.crypto.randomUUID) return globalThis.crypto.randomUUID();
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function described({ field, blob, name = '' }) {
  return { field, name: name || blob.name || field, type: blob.type, size: blob.size };
}

function request(entry, files, who) {
  const body = new FormData();
  for (const [name, value] of Object.entries(entry.fields)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== null && one !== undefined) body.append(name, one);
  }
  for (const { field, name, blob } of files) body.append(field, blob, name);
  const size = files.reduce((sum, { blob }) => sum + blob.size, 0);
  return {
    method: 'POST',
    body,
    redirect: 'manual',
    credentials: 'same-origin',
    signal: AbortSignal.timeout(GIVE_UP_MS + (size / 1_000_000) * MS_PER_MEGABYTE),
    headers: {
      ...entry.headers,
      Accept: 'application/json',
      'Idempotency-Key': entry.id,
      'X-CSRFToken': who.csrf,
      'For-Account': entry.owner,
      // With `made_at` in the fields the server can tell how long ago something was done, however wrong this clock is.
      'Device-Time': new Date().toISOString(),
    },
  };
}

async function bodyOf(response) {
  if (!/json/.test(response.headers.get('Content-Type') ?? '')) return null;
  return response.ok ? response.json() : response.json().catch(() => null);
}

function meaningOf(response, body) {
  if (response.type === 'opaqueredirect' || response.status === 401) return 'signed_out';
  // A page where JSON is due is somebody else's: a portal that wants one to sign in to the wireless network.
  if (response.ok) return body || response.status === 204 ? 'sent' : 'later';
  if (response.status >= 500 || LATER.has(response.status)) return 'later';
  if (response.status === 403 && body?.title === 'form_expired') return 'stale';
  return 'refused';
}
