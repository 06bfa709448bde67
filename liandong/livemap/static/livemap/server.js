// Asks the server: one question of a kind at a time, the newest wins, and a reason is told when there is no answer.

export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }

  // Whether whoever looks may not see this any more: signed out, or a right has ended.
  get isOver() {
    return this.status === 401 || this.status === 403;
  }
}

export class Asking {
  #ongoing;

  // Resolves to the answer, or to nothing when a newer question has taken its place.
  async ask(address, parameters) {
    return this.#read(parameters ? `${address}?${parameters}` : address, 'application/json', (answer) => answer.json());
  }

  // The same for a piece of a page.
  async askForPart(address) {
    return this.#read(address, 'text/html', (answer) => answer.text());
  }

  abort() {
    this.#ongoing?.abort();
  }

  async #read(address, kind, read) {
    this.abort();
    const ongoing = new AbortController();
    this.#ongoing = ongoing;
    try {
      const headers = kind === 'text/html' ? { 'HX-Request': 'true' } : { Accept: kind };
      const answer = await fetch(address, { headers, signal: ongoing.signal });
      if (answer.redirected) throw new Refused('401', 401); // to the page where one signs in
      if (!answer.ok) throw new Refused(await reason(answer), answer.status);
      return await read(answer);
    } catch (error) {
      if (ongoing.signal.aborted) return undefined;
      throw error;
    }
  }
}

// A refusal says why, and what helps.
async function reason(answer) {
  if (!answer.headers.get('Content-Type')?.includes('json')) return String(answer.status);
  const problem = await answer.json().catch(() => ({}));
  return problem.detail ? [problem.detail, problem.remedy].filter(Boolean).join(' ') : String(answer.status);
}
