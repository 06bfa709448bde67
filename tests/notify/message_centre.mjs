// A short message centre for the tests (npm smpp): takes submit_sm, tells what it took a line each, sends receipts.
// Started by tests/notify/centre.py with a JSON of settings; commands come on stdin, a JSON a line:
//   {"manner": "ok" | "silent" | "throttle" | "refuse" | "hang_up"}, {"receipt": id, "state": "DELIVRD"}, {"cut": true}
import readline from 'node:readline';
import smpp from 'smpp';

const given = JSON.parse(process.argv[2]);
const sessions = new Set();
let manner = 'ok';
let taken = 0;

const tell = (what) => console.log(JSON.stringify(what));

const server = smpp.createServer((session) => {
  sessions.add(session);
  session.on('bind_transceiver', (pdu) => {
    const fits = pdu.system_id === given.system && pdu.password === given.password;
    session.send(pdu.response({ command_status: fits ? 0 : smpp.ESME_RBINDFAIL }));
    tell({ bound: fits });
  });
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu) => session.send(pdu.response()));
  session.on('deliver_sm_resp', (pdu) => tell({ acknowledged: pdu.sequence_number }));
  session.on('submit_sm', (pdu) => {
    if (manner === 'throttle') return session.send(pdu.response({ command_status: smpp.ESME_RTHROTTLED }));
    if (manner === 'refuse') return session.send(pdu.response({ command_status: smpp.ESME_RINVDSTADR }));
    taken += 1;
    const id = `M${taken}`;
    const { message, udh } = pdu.short_message;
    tell({
      id,
      to: pdu.destination_addr,
      from: pdu.source_addr,
      coding: pdu.data_coding,
      text: message,
      part: udh ? [...udh[0]].slice(-3) : [],
      mark: pdu.user_message_reference,
      wants: pdu.registered_delivery,
    });
    if (manner === 'silent') return undefined;
    if (manner === 'hang_up') return session.destroy();
    return session.send(pdu.response({ message_id: id }));
  });
  session.on('close', () => sessions.delete(session));
  session.on('error', () => sessions.delete(session));
});

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const told = JSON.parse(line);
  if (told.manner) manner = told.manner;
  if (told.cut) for (const session of sessions) session.destroy();
  if (told.receipt || told.mark !== undefined) {
    const id = told.receipt ?? 'M0';
    const text = `id:${id} sub:001 dlvrd:001 submit date:2603020930 done date:2603020931 stat:${told.state} err:000 text:`;
    const more = told.mark === undefined ? {} : { user_message_reference: told.mark };
    for (const session of sessions) {
      session.deliver_sm({ esm_class: 4, source_addr: '13900001111', destination_addr: given.source, short_message: text, receipted_message_id: id, ...more });
    }
  }
  tell({ done: true });
}).on('close', () => process.exit(0));

server.listen(given.port, '127.0.0.1', () => tell({ listening: true }));
