// The screens of the field app, each a function of what is known. Words come from the templates and `ld-texts`.
import '../web/clock.js';
import { text } from '../web/texts.js';
import { formFor, holdPhotos } from './field-forms.js';
import { outbox, pendingOf, refresh, serverNow, state, taskOf, versionOf } from './field-state.js';
import { clockTime, fill, from, slot } from './field-parts.js';

const SOON_S = 14_400;
// What an act leaves to be done while it waits to be sent: the phone cannot ask the server.
const LEAVES = {
  receive: (task) => task.then,
  arrive: (_task, steps) => steps.filter((code) => code !== 'arrive'),
  hand_in: () => [],
  return: () => [],
  solve_on_spot: () => [],
  check: () => [],
  spot_check: () => [],
};

export function tasks() {
  return list('tasks', state.work?.tasks ?? []);
}

export function looks() {
  return list('looks', state.work?.looks ?? []);
}

function list(tab, rows) {
  const view = from('t-tasks');
  fill(view, {
    as_of: state.asOf ? text('field.as_of', { time: clockTime(state.asOf) }) : '',
    empty_words: text('field.empty'),
  });
  slot(view, 'empty').hidden = rows.length > 0 || !state.work;
  slot(view, 'rows').replaceChildren(...rows.map((task) => row(tab, task)));
  view.querySelector('[data-do=refresh]').addEventListener('click', refresh);
  return view;
}

function row(tab, task) {
  const item = from('t-row');
  const pending = pendingOf(task.number);
  item.querySelector('a').href = `#/${tab === 'looks' ? 'look' : 'case'}/${encodeURIComponent(task.number)}`;
  fill(item, {
    ...task, critical: task.urgency === 'critical', urgent: task.urgency === 'urgent',
    assists: Boolean(task.assists), rests: Boolean(task.rests),
  });
  item.querySelector('[data-if=pending]').hidden = !pending.length;
  slot(item, 'pending').textContent = text('field.pending');
  const first = task.clocks?.[0] ?? (task.due_at ? { word: '', due_at: task.due_at } : null);
  if (first) slot(item, 'clock').append(clock(first));
  return item;
}

function clock({ word, due_at: due }) {
  const made = from('t-clock');
  fill(made, { word });
  for (const [name, value] of Object.entries({ due, now: serverNow(), soon: SOON_S })) made.setAttribute(name, value);
  return made;
}

// A task, or a look drawn for this person, with what can be done about it.
export function task(number, { tab, done, note }) {
  const found = taskOf(number);
  if (!found) return null;
  const view = from('t-case');
  const pending = pendingOf(number);
  const steps = stepsNow(found, pending);
  fill(view, { ...found, result: found.result || false });
  if (found.result) slot(view, 'result').textContent = found.result;
  slot(view, 'back').href = `#/${tab}`;
  slot(view, 'desk').href = `/desk/cases/${encodeURIComponent(number)}/`;
  const map = slot(view, 'map');
  map.hidden = found.lon === null;
  if (found.lon !== null) map.href = `geo:${found.lat},${found.lon}?q=${found.lat},${found.lon}`;
  slot(view, 'clocks').replaceChildren(...(found.clocks ?? []).map(clock));
  view.querySelector('[data-if=contact]').hidden = !steps.includes('contact');
  view.querySelector('[data-if=pending]').hidden = !pending.length;
  slot(view, 'pending').textContent = pending.map(({ act }) => text(`field.step.${act}`)).join('、') + ` · ${text('field.pending')}`;
  view.querySelector('[data-if=none]').hidden = steps.length > 0 || pending.length > 0;
  slot(view, 'acts').replaceChildren(...steps.map((act) => formFor(act, { number, after: done, note })));
  return view;
}

function stepsNow(found, pending) {
  return pending.reduce((steps, { act }) => (LEAVES[act] ? LEAVES[act](found, steps) : steps), found.steps);
}

export function report({ done, note }) {
  return formFor('report', { after: done, note });
}

export async function edit(id, { done, note }) {
  const entry = state.pending.find((one) => one.id === id);
  if (!entry) return null;
  const holder = document.createElement('div');
  const made = formFor(entry.act, { number: entry.number, entry, after: done, note });
  holder.append(made);
  holder.ready = () => holdPhotos(made, entry);
  return holder;
}

export function waiting() {
  const view = from('t-outbox');
  view.querySelector('[data-do=send]').addEventListener('click', () => outbox.sendAll());
  slot(view, 'others').hidden = !state.others;
  slot(view, 'others').textContent = text('field.other', { count: state.others });
  slot(view, 'rows').replaceChildren(...state.pending.map(unsent));
  slot(view, 'sent_title').hidden = !state.sent.length;
  slot(view, 'sent').replaceChildren(...state.sent.slice(0, 20).map(receipt));
  return view;
}

function unsent(entry) {
  const item = from('t-entry');
  const refusal = entry.state === 'refused' ? entry.refusal : null;
  item.id = `entry-${entry.id}`;
  item.dataset.state = entry.state;
  fill(item, { label: entry.label, state: stateOf(entry), times: text('field.made', { time: clockTime(entry.madeAt) }) });
  item.querySelector('[data-if=refusal]').hidden = !refusal;
  item.querySelector('[data-if=mendable]').hidden = !refusal;
  item.querySelector('[data-if=link]').hidden = true;
  if (refusal) {
    fill(item, {
      says: refusal.says || text('field.no_answer', { status: refusal.status }),
      happened: refusal.happened ? text('field.happened', { what: refusal.happened }) : '',
      remedy: refusal.remedy,
    });
    dressMending(item, entry);
  }
  return item;
}

function dressMending(item, entry) {
  const acts = {
    again: () => outbox.mend(entry.id, { fields: { ...entry.fields, ...currentOf(entry) } }),
    edit: () => (location.hash = `#/edit/${entry.id}`),
    drop: () => confirm(text('field.drop')) && outbox.drop(entry.id),
  };
  for (const [name, act] of Object.entries(acts)) item.querySelector(`[data-do=${name}]`).addEventListener('click', act);
}

// Going on with what has become of the case: the person has just read what happened meanwhile.
function currentOf({ number, refusal }) {
  return number ? { version: Math.max(refusal?.current ?? 0, versionOf(number)) } : {};
}

function stateOf(entry) {
  if (entry.state !== 'waiting') return text(`field.state.${entry.state}`);
  if (['sending', 'sign_in', 'other'].includes(entry.why)) return text(`field.state.${entry.why}`);
  return entry.tries ? text('field.state.retry', { tries: entry.tries }) : text('field.state.waiting');
}

function receipt(entry) {
  const item = from('t-entry');
  item.id = `entry-${entry.id}`;
  item.dataset.state = 'sent';
  fill(item, {
    label: entry.label, state: entry.answer?.number ?? '', times: text('field.sent_at', { time: clockTime(entry.sentAt) }),
    refusal: false, mendable: false, link: Boolean(entry.answer?.url),
  });
  if (entry.answer?.url) slot(item, 'link').href = entry.answer.url;
  return item;
}
