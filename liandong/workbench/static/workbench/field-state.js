// What the field app knows: the person's work as last told, what waits to be sent, and whether there is a network.
// `state` is read by the views; 'change' is dispatched on `changes` whenever something in it is another.
import { openKept } from '../web/kept.js';
import { openOutbox } from '../web/outbox.js';

const EVERY_MS = 60_000;

export const outbox = openOutbox('field');
export const changes = new EventTarget();
export const state = {
  owner: '', // the account, once it is known; what is done is kept under it
  work: null, // as `/field/work.json` told it
  choices: { classes: [], areas: [] },
  asOf: 0, // when it was told, by this device's clock
  access: 'asking', // asking | open | signed_out | no_rights
  online: navigator.onLine,
  pending: [],
  sent: [],
  others: 0,
};
const kept = openKept('field');
let asking = null;

export async function start() {
  await restore();
  await recount();
  outbox.addEventListener('change', onOutbox);
  outbox.keepSending();
  addEventListener('online', refresh);
  addEventListener('offline', () => tell({ online: false }));
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && refresh());
  setInterval(() => document.visibilityState === 'visible' && refresh(), EVERY_MS);
  await refresh();
}

// Asks anew; several at once are one.
export function refresh() {
  asking ??= ask().finally(() => (asking = null));
  return asking;
}

// The server's time now, as far as this device can tell.
export function serverNow() {
  const since = state.asOf ? Date.now() - state.asOf : 0;
  return new Date((state.work ? Date.parse(state.work.now) : Date.now()) + since).toISOString();
}

export function taskOf(number) {
  return [...(state.work?.tasks ?? []), ...(state.work?.looks ?? [])].find((task) => task.number === number);
}

export function pendingOf(number) {
  return state.pending.filter((entry) => entry.number === number);
}

// The version of a case as this person knows it: as told, or as their own last act left it.
export function versionOf(number) {
  const own = state.sent.filter((entry) => entry.number === number).map((entry) => entry.answer?.version ?? 0);
  return Math.max(taskOf(number)?.version ?? 0, ...own);
}

async function restore() {
  const found = await kept.get('work');
  const choices = await kept.get('choices');
  if (choices) state.choices = choices;
  if (!found) return;
  state.owner = found.owner;
  const age = Date.now() - found.asOf;
  if (age >= 0 && age < found.work.good_for * 1000) tell({ work: found.work, asOf: found.asOf, access: 'open' });
  else await kept.put('work', { ...found, work: { ...found.work, tasks: [], looks: [], good_for: 0 } });
}

async function ask() {
  const who = await told('/session/');
  if (!who) return tell({ online: false });
  if (who.owner !== state.owner) await forget();
  if (!who.owner) return tell({ online: true, access: 'signed_out' });
  state.owner = who.owner;
  await recount();
  const work = await told('/field/work.json');
  if (!work) return tell({ online: false });
  if (work.refused) {
    await forget();
    return tell({ online: true, access: work.refused });
  }
  const asOf = Date.now();
  await kept.put('work', { owner: who.owner, work, asOf });
  tell({ online: true, access: 'open', owner: who.owner, work, asOf });
  return askForChoices();
}

async function askForChoices() {
  const choices = await told('/field/choices.json');
  if (!choices || choices.refused) return;
  await kept.put('choices', choices);
  tell({ choices });
}

// The answer; null without a network; {refused} where one must sign in first, or has no right any more.
async function told(address) {
  if (!navigator.onLine) return null;
  try {
    const response = await fetch(address, { headers: { Accept: 'application/json' }, redirect: 'manual' });
    if (response.type === 'opaqueredirect' || response.status === 401) return { refused: 'signed_out' };
    if (response.status === 403) return { refused: 'no_rights' };
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

async function forget() {
  await kept.clear();
  Object.assign(state, { owner: '', work: null, asOf: 0 });
  await recount();
}

async function recount() {
  try {
    const all = await outbox.waiting();
    const pending = all.filter((entry) => state.owner && entry.owner === state.owner);
    const sent = state.owner ? await outbox.sent({ owner: state.owner }) : [];
    tell({ pending, sent, others: all.length - pending.length });
  } catch (error) {
    console.info('outbox:', error.message);
  }
}

async function onOutbox({ detail }) {
  await recount();
  changes.dispatchEvent(new CustomEvent('outbox', { detail }));
  if (detail.kind === 'sent') await refresh();
}

function tell(news) {
  Object.assign(state, news);
  changes.dispatchEvent(new Event('change'));
}
