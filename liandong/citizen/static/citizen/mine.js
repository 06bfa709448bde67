// What was sent from this device: the outbox's receipts, with the links that follow them. They stand nowhere else.
import { openOutbox } from '../web/outbox.js';
import { element } from './words.js';

const room = document.getElementById('mine');
const outbox = openOutbox('citizen');

async function draw() {
  const sent = (await outbox.sent().catch(() => [])).filter((entry) => entry.answer?.follow);
  room.hidden = !sent.length;
  room.querySelector('ul').replaceChildren(
    ...sent.map(({ answer, label }) =>
      element('li', {}, element('span', { textContent: label }), element('a', { href: answer.follow, className: 'ci-line', textContent: answer.number })),
    ),
  );
}

room.querySelector('[data-forget-all]').addEventListener('click', async () => {
  for (const entry of await outbox.sent()) await outbox.drop(entry.id);
  await draw();
});
draw();
