// What waits on this device: shown as it is, with the server's words where it was refused.
import { element, text } from './words.js';

// `mend(entry)` puts a refused entry back into the form.
export function showQueue(outbox, room, { mend }) {
  const list = room.querySelector('ul');
  const draw = async () => {
    const waiting = await outbox.waiting().catch(() => []);
    list.replaceChildren(...waiting.map((entry) => row(entry, outbox, mend)));
    room.hidden = !waiting.length;
  };
  room.querySelector('[data-send-all]').addEventListener('click', () => outbox.sendAll().catch(() => {}));
  outbox.addEventListener('change', draw);
  return draw();
}

function row(entry, outbox, mend) {
  const refused = entry.state === 'refused';
  const state = refused ? `${entry.refusal.says} ${entry.refusal.remedy}` : text(entry.why === 'sending' ? 'queue.sending' : 'queue.waiting');
  const made = element('li', {}, element('span', { textContent: `${entry.label} · ${state}` }));
  made.dataset.state = entry.state;
  if (refused) made.append(button('queue.mend', () => mend(entry)));
  if (refused || !entry.attempted) made.append(button('queue.drop', () => outbox.drop(entry.id)));
  return made;
}

function button(key, act) {
  const made = element('button', { type: 'button', className: 'ci-button ci-button-second', textContent: text(key) });
  made.addEventListener('click', act);
  return made;
}
