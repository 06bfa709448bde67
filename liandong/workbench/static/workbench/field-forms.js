// The forms of the acts: filled in by a person, kept in the outbox, never sent from here.
import { text } from '../web/texts.js';
import { OutboxClosed } from '../web/outbox.js';
import { outbox, state, taskOf, versionOf } from './field-state.js';
import { from } from './field-parts.js';
import './field-photos.js';

const LOCATE_MS = 10_000;
const MOST_CLASSES = 8;

// The form of an act, for a task or (report) for none; with an entry that was refused, filled in as it was. Its photos
// come with `holdPhotos`, once the form stands in the page.
export function formFor(act, { number = '', entry = null, after, note }) {
  const made = from(`f-${act}`);
  const form = made.matches('form') ? made : made.querySelector('form');
  if (act === 'report') dressReport(form);
  if (entry) {
    if (made.matches('details')) made.open = true;
    refill(form, entry.fields);
  }
  form.noValidate = true; // asked for at submitting, when what only we know is checked as well
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit(form, act, { number, entry, after, note });
  });
  return made;
}

export async function holdPhotos(made, entry) {
  const files = await outbox.files(entry.id);
  for (const one of made.querySelectorAll('fd-photos')) one.hold(files, entry.fields);
}

async function submit(form, act, { number, entry, after, note }) {
  const button = form.querySelector('button.fd-big');
  if (button.disabled) return undefined;
  if (!state.owner) return note(text('field.signed_out')); // whose it is must be known before it is kept
  const photos = [...form.querySelectorAll('fd-photos')].filter((one) => !one.closest('[hidden]'));
  const missing = lacking(act, number, photos);
  if (missing) return note(text('field.photo.needed', { what: missing }));
  if (act === 'report') ask(form);
  if (!form.reportValidity()) return undefined;
  button.disabled = true;
  try {
    if (act === 'arrive') await locateInto(form, 'field.not_located');
    const given = {
      act,
      number,
      url: act === 'report' ? '/field/report/' : `/field/cases/${encodeURIComponent(number)}/${act}/`,
      label: labelOf(form, act, number),
      fields: fieldsOf(form, act, { number, entry, photos }),
      files: photos.flatMap((one) => one.files()),
    };
    if (entry) await outbox.mend(entry.id, given);
    else await outbox.keep({ ...given, owner: state.owner, ...(number ? { group: number, carry: ['version'] } : {}) });
    after(act, number);
  } catch (error) {
    if (!(error instanceof OutboxClosed)) throw error;
    note(text('field.not_kept'));
  } finally {
    button.disabled = false;
  }
  return undefined;
}

function fieldsOf(form, act, { number, entry, photos }) {
  const fields = {};
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') fields[name] = value;
  if (act === 'report' && !fields.is_solved) delete fields.result;
  for (const one of photos) Object.assign(fields, one.fields());
  if (number) fields.version = entry?.refusal?.current ?? versionOf(number);
  fields.made_at = entry?.fields.made_at ?? new Date().toISOString();
  return fields;
}

// The photos the class demands of a hand-in and that nobody has added yet; and those a form asks for itself.
function lacking(act, number, photos) {
  const has = new Set(photos.filter((one) => one.shots.length).map((one) => one.name));
  const wanted = act === 'hand_in' ? (taskOf(number)?.lacks ?? []) : photos.filter((one) => one.isMissing).map((one) => one.name);
  return wanted.filter((name) => !has.has(name)).map((name) => text(`field.${name}`)).join('、');
}

// What the browser cannot know of by itself: a class, a place, and for what was solved how.
function ask(form) {
  const { lon, area, result, is_solved: solved } = form.elements;
  area.setCustomValidity(lon.value || area.value ? '' : text('field.not_located_report'));
  result.required = solved.checked;
  form.querySelector('[data-class-words]').setCustomValidity(classOf(form) ? '' : text('field.class_needed'));
}

function classOf(form) {
  return form.querySelector('[name=class_code]:checked')?.value ?? '';
}

function labelOf(form, act, number) {
  const task = taskOf(number);
  if (task) return `${text(`field.step.${act}`)} · ${task.kind} · ${task.where}`;
  if (act !== 'report') return `${text(`field.step.${act}`)} · ${number}`;
  const chosen = state.choices.classes.find(({ code }) => code === classOf(form));
  const word = text(form.elements.is_solved.checked ? 'field.solve' : 'field.report');
  return [word, chosen?.name, form.elements.address.value].filter(Boolean).join(' · ');
}

function refill(form, fields) {
  if (form.dataset.act === 'report') offerClasses(form, '', fields.class_code);
  for (const control of form.elements) {
    if (!control.name || control.type === 'file') continue;
    if (control.type === 'radio') control.checked = fields[control.name] === control.value;
    else if (control.type === 'checkbox') control.checked = Boolean(fields[control.name]);
    else if (control.name in fields) control.value = fields[control.name];
  }
  reveal(form);
}

function dressReport(form) {
  const areas = form.elements.area;
  for (const { code, name } of state.choices.areas) areas.append(new Option(name, code));
  const words = form.querySelector('[data-class-words]');
  words.addEventListener('input', () => offerClasses(form, words.value, classOf(form)));
  offerClasses(form, '', '');
  form.addEventListener('change', () => reveal(form));
  form.addEventListener('click', (event) => {
    if (event.target.closest('[data-do=locate]')) locateInto(form, 'field.not_located_report');
  });
  reveal(form);
}

function reveal(form) {
  const solved = form.elements.is_solved;
  if (!solved) return;
  for (const part of form.querySelectorAll('[data-part]')) part.hidden = (part.dataset.part === 'solved') !== solved.checked;
}

// Classes that hold every word; the chosen one stays. Radio buttons: one hand, one tap.
function offerClasses(form, sought, chosen) {
  const asked = sought.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ code, name, group }) => asked.every((word) => `${code} ${name} ${group}`.toLowerCase().includes(word));
  const found = state.choices.classes.filter((kind) => kind.code === chosen || fits(kind));
  found.sort((one, other) => (other.code === chosen) - (one.code === chosen));
  const list = form.querySelector('[data-class-list]');
  list.querySelectorAll('label').forEach((label) => label.remove());
  for (const { code, name, group } of found.slice(0, MOST_CLASSES)) {
    const label = list.appendChild(document.createElement('label'));
    const radio = label.appendChild(document.createElement('input'));
    Object.assign(radio, { type: 'radio', name: 'class_code', value: code, checked: code === chosen });
    const words = label.appendChild(document.createElement('span'));
    words.textContent = name;
    words.appendChild(document.createElement('small')).textContent = group;
  }
}

// Asks the phone where it is, once, because the person just said so.
async function locateInto(form, failed) {
  const told = form.querySelector('[data-told]');
  told.textContent = text('field.locating');
  const found = await position();
  told.textContent = found ? text('field.located', { metres: Math.round(found.accuracy) }) : text(failed);
  for (const [name, value] of [['lon', found?.longitude ?? ''], ['lat', found?.latitude ?? '']]) {
    const field = form.elements[name] ?? Object.assign(document.createElement('input'), { type: 'hidden', name });
    field.value = value;
    if (!field.isConnected) form.append(field);
  }
}

function position() {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(null);
    const options = { enableHighAccuracy: true, timeout: LOCATE_MS, maximumAge: 0 };
    return navigator.geolocation.getCurrentPosition(({ coords }) => resolve(coords), () => resolve(null), options);
  });
}
