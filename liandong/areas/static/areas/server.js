// Asking the server, and being refused by it: every refusal has words to show, whatever went wrong.
import { say } from './words.js';

export class Refused extends Error {
  // told: {detail, remedy, lines?: [text], faults?: [feature]}
  constructor(told, status = 0) {
    super(told.detail);
    this.told = told;
    this.status = status;
  }
}

export async function read(address) {
  return ask(address, { headers: { Accept: 'application/json' } });
}

// post(address, {do: 'split', …}) or post(address, new FormData(form))
export async function post(address, content = {}) {
  const headers = {
    Accept: 'application/json',
    'X-CSRFToken': document.querySelector('meta[name=csrf-token]')?.content ?? '',
  };
  const isForm = content instanceof FormData;
  if (!isForm) headers['Content-Type'] = 'application/json';
  return ask(address, { method: 'POST', headers, body: isForm ? content : JSON.stringify(content) });
}

async function ask(address, request) {
  let answer;
  try {
    answer = await fetch(address, request);
  } catch {
    throw new Refused({ detail: say('net') });
  }
  // Whoever is signed out is sent to the sign-in page, which is no answer to a script.
  if (answer.redirected) throw new Refused({ detail: say('signed_out') }, 401);
  let content;
  try {
    content = await answer.json();
  } catch {
    throw new Refused({ detail: say('broken', { status: answer.status }) }, answer.status);
  }
  if (!answer.ok) throw new Refused(content, answer.status);
  return content;
}
