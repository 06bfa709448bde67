// The report's form with a script: small photos, position, map, voice, drafts, and an outbox that sends each report
// once, now or when there is a network. Without it the same form is posted as it stands.
import { watchNetwork } from '../web/offline.js';
import { OutboxClosed, openOutbox } from '../web/outbox.js';
import { dropDraft, keepDraft, readDraft } from './drafts.js';
import { Near } from './near.js';
import { Photos } from './photos.js';
import { Place } from './place.js';
import { showQueue } from './queue.js';
import { Voice } from './voice.js';
import { text } from './words.js';

const DRAFT_PAUSE_MS = 400;
const DRAFTED = ['words', 'address', 'lon', 'lat', 'class_code', 'nature'];
const LABEL_SIGNS = 20;

const form = document.getElementById('report-form');
const status = document.getElementById('sending');
const submit = form.querySelector('[data-submit]');
const outbox = openOutbox('citizen');
const tell = (words) => (status.textContent = words);
let pause = 0;
let mine = ''; // the report whose page we go to when it has arrived

const photos = new Photos(form.elements.photo, document.getElementById('photos'), { told: tell, changed: changed });
const voice = new Voice(document.getElementById('voice'), { told: tell, changed: changed });
const place = new Place(form, { changed: changed });
const near = new Near(form, { joined: join });

form.addEventListener('input', changed);
form.addEventListener('submit', (event) => {
  event.preventDefault();
  send();
});
watchNetwork((online) => (document.querySelector('[data-network]').hidden = online));
outbox.keepSending();
outbox.addEventListener('change', ({ detail }) => detail.kind === 'sent' && arrived(detail.id));
showQueue(outbox, document.getElementById('queue'), { mend });
restore(await readDraft());
form.dataset.ready = '';

async function send() {
  const fields = sentFields();
  const files = [...photos.files(), ...voice.files()];
  submit.disabled = true;
  tell(text('send.sending'));
  try {
    const label = (fields.words || fields.address || '').slice(0, LABEL_SIGNS) || new Date().toLocaleString();
    const id = await outbox.keep({ url: form.getAttribute('action'), fields, files, label });
    mine = id;
    await dropDraft();
    empty();
    await outbox.sendAll();
    await settled(id);
  } catch (error) {
    if (!(error instanceof OutboxClosed)) throw error;
    await sendDirectly(fields, files);
  } finally {
    submit.disabled = false;
  }
}

// Where the browser keeps nothing (a private window), the report goes at once or not at all.
async function sendDirectly(fields, files) {
  const body = new FormData();
  for (const [name, value] of Object.entries({ ...fields, key: form.elements.key.value })) body.append(name, value);
  for (const { field, blob, name } of files) body.append(field, blob, name);
  try {
    const { csrf } = await (await fetch('/session/', { cache: 'no-store' })).json();
    const headers = { Accept: 'application/json', 'X-CSRFToken': csrf };
    const answer = await fetch(form.getAttribute('action'), { method: 'POST', body, headers });
    const told = await answer.json();
    if (answer.ok) location.assign(`${told.follow}?new=1`);
    else tell(`${told.detail} ${told.remedy}`);
  } catch {
    tell(text('send.failed'));
  }
}

async function settled(id) {
  const left = (await outbox.waiting()).find((entry) => entry.id === id);
  if (!left) return arrived(id);
  tell(text(left.state === 'refused' ? 'send.refused' : 'send.kept'));
  if (left.state === 'refused') document.getElementById('queue').scrollIntoView({ block: 'start' });
  return undefined;
}

async function arrived(id) {
  if (id !== mine) return;
  const receipt = (await outbox.sent()).find((entry) => entry.id === id);
  if (receipt?.answer?.follow) location.assign(`${receipt.answer.follow}?new=1`);
}

function sentFields() {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === 'string' && name !== 'csrfmiddlewaretoken' && name !== 'key') fields[name] = value;
  }
  return fields;
}

// A refused report back into the form, to be mended and sent anew.
async function mend(entry) {
  const files = await outbox.files(entry.id);
  fill(entry.fields);
  photos.set(files.filter(({ field }) => field === 'photo'));
  voice.set(files.find(({ field }) => field === 'voice')?.blob ?? null);
  await outbox.drop(entry.id);
  changed();
  form.elements.words.focus();
}

async function join(number, key) {
  const { csrf } = await (await fetch('/session/', { cache: 'no-store' })).json();
  const sent = document.getElementById('join-form');
  const values = {
    csrfmiddlewaretoken: csrf, number, key, words: form.elements.words.value,
    use_phone: form.elements.use_phone?.checked ? '1' : '', confidential: form.elements.confidential?.checked ? '1' : '',
  };
  for (const [name, value] of Object.entries(values)) sent.elements[name].value = value;
  await dropDraft();
  sent.submit();
}

function changed() {
  near.look();
  clearTimeout(pause);
  pause = setTimeout(keep, DRAFT_PAUSE_MS);
}

async function keep() {
  const fields = Object.fromEntries(DRAFTED.map((name) => [name, form.elements[name].value]));
  const bytes = async ({ blob, name = '' }) => ({ bytes: await blob.arrayBuffer(), type: blob.type, name });
  const kept = await Promise.all(photos.files().map(bytes));
  const spoken = voice.files()[0];
  await keepDraft({ fields, photos: kept, voice: spoken ? await bytes(spoken) : null });
}

function restore(draft) {
  const isEmpty = !draft || !(draft.voice || draft.photos.length || Object.values(draft.fields).some(Boolean));
  if (isEmpty || form.elements.words.value || form.elements.address.value) return;
  const chosen = form.elements.class_code.value; // picked from the list just now
  fill(draft.fields);
  if (chosen) form.elements.class_code.value = chosen;
  const blob = ({ bytes, type }) => new Blob([bytes], { type });
  photos.set(draft.photos.map((one) => ({ blob: blob(one), name: one.name })));
  if (draft.voice) voice.set(blob(draft.voice));
  near.look();
  tell(text('draft.kept'));
}

function fill(fields) {
  for (const name of DRAFTED) {
    const control = form.elements[name];
    if (control && fields[name] !== undefined) control.value = fields[name];
  }
}

function empty() {
  form.reset();
  photos.set([]);
  voice.set(null);
  place.set(null);
  near.forget();
  clearTimeout(pause);
}
