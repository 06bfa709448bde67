// <ld-replies src="…/replies/" fate="…/replies/fate/" step="hand_in" field="answer" none="…" failed="…">
//   <button type="button" aria-expanded="false">…</button> <ul role="listbox" hidden></ul>
// </ld-replies>
// Replies that fill a field of the form beside it. The list is asked for when it is opened; arrows move, Enter fills,
// Escape closes. What is taken is told to the server at once, and once more when it is sent with other words.

const token = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? '';

function post(address, values) {
  return fetch(address, {
    method: 'POST',
    body: new URLSearchParams(values),
    headers: { 'X-CSRFToken': token(), Accept: 'application/json' },
    keepalive: true,
  });
}

class LdReplies extends HTMLElement {
  connectedCallback() {
    if (this.button) return;
    this.button = this.querySelector('button');
    this.list = this.querySelector('ul');
    this.options = [];
    this.button.addEventListener('click', () => (this.list.hidden ? this.#ask() : this.#close()));
    this.addEventListener('keydown', (event) => this.#key(event));
    this.list.addEventListener('click', (event) => {
      const option = event.target.closest('[role=option]');
      if (option) this.#take(Number(option.dataset.at));
    });
    this.holder = this.closest('[data-replies]') ?? this.parentElement;
    this.holder.addEventListener('submit', () => this.#sent(), true);
  }

  get field() {
    return this.holder.querySelector(`form [name="${this.getAttribute('field')}"]`);
  }

  async #ask() {
    try {
      const answer = await post(this.getAttribute('src'), { step: this.getAttribute('step') });
      if (!answer.ok) throw new Error(String(answer.status));
      this.#show((await answer.json()).options);
    } catch {
      this.#say(this.getAttribute('failed'));
    }
  }

  #show(options) {
    this.options = options;
    if (!options.length) return this.#say(this.getAttribute('none'));
    let group = '';
    const rows = [];
    options.forEach((option, at) => {
      if (option.group && option.group !== group) rows.push(this.#heading((group = option.group)));
      rows.push(this.#row(option, at));
    });
    this.list.replaceChildren(...rows);
    this.#open();
    this.list.querySelector('[role=option]').focus();
  }

  #row(option, at) {
    const row = document.createElement('li');
    row.setAttribute('role', 'option');
    row.tabIndex = -1;
    row.dataset.at = at;
    const title = Object.assign(document.createElement('strong'), { textContent: option.title });
    const words = Object.assign(document.createElement('span'), { textContent: option.text });
    row.append(title, words);
    return row;
  }

  #heading(words) {
    const row = Object.assign(document.createElement('li'), { textContent: words });
    row.setAttribute('role', 'presentation');
    return row;
  }

  #say(words) {
    this.options = [];
    this.list.replaceChildren(this.#heading(words));
    this.#open();
  }

  #open() {
    this.list.hidden = false;
    this.button.setAttribute('aria-expanded', 'true');
  }

  #close() {
    this.list.hidden = true;
    this.button.setAttribute('aria-expanded', 'false');
  }

  #key(event) {
    const rows = [...this.list.querySelectorAll('[role=option]')];
    const here = rows.indexOf(document.activeElement);
    const acts = {
      ArrowDown: () => rows[(here + 1) % rows.length]?.focus(),
      ArrowUp: () => rows[(here + rows.length - 1) % rows.length]?.focus(),
      Enter: () => this.#take(here),
      Escape: () => {
        this.#close();
        this.button.focus();
      },
    };
    if (this.list.hidden || !acts[event.key] || (event.key === 'Enter' && here < 0)) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  }

  #take(at) {
    const option = this.options[at];
    const field = this.field;
    if (!option || !field) return;
    field.value = option.text;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    this.taken = option;
    this.#close();
    field.focus();
    this.#tell('taken');
  }

  #sent() {
    if (!this.taken || !this.field || this.field.value === this.taken.text) return;
    this.#tell('edited');
    this.taken = null;
  }

  #tell(fate) {
    const values = { step: this.getAttribute('step'), source: this.taken.source, fate };
    post(this.getAttribute('fate'), values).catch(() => {});
  }
}

customElements.define('ld-replies', LdReplies);
