// <ld-articles src="/desk/hotline/articles/find/" field="answer" none="…" failed="…" drop="…">
//   <button>…</button> <output></output>
//   <div hidden><input type="search"> <ul role="listbox"></ul></div>
//   <input type="hidden" name="article"> <input type="hidden" name="article_title">
// </ld-articles>
// Knowledge for an answer: typing searches, arrows choose, Enter inserts the words at the cursor of the field and
// names the article the answer rests on, Escape closes. Without words the articles of the chosen class are shown.

const WAIT_MS = 150;

class LdArticles extends HTMLElement {
  connectedCallback() {
    if (this.button) return;
    this.button = this.querySelector('button');
    this.box = this.querySelector('.wb-article-box');
    this.search = this.box.querySelector('input');
    this.list = this.box.querySelector('ul');
    this.said = this.querySelector('output');
    this.options = [];
    this.active = -1;
    this.button.addEventListener('click', () => (this.box.hidden ? this.#open() : this.#close()));
    this.search.addEventListener('input', () => this.#soon());
    this.search.addEventListener('keydown', (event) => this.#key(event));
    this.list.addEventListener('click', (event) => {
      const row = event.target.closest('[role=option]');
      if (row) this.#take(Number(row.dataset.at));
    });
  }

  get form() {
    return this.closest('form');
  }

  #open() {
    this.box.hidden = false;
    this.button.setAttribute('aria-expanded', 'true');
    this.search.value = '';
    this.search.focus();
    this.#ask();
  }

  #close() {
    clearTimeout(this.timer);
    this.box.hidden = true;
    this.button.setAttribute('aria-expanded', 'false');
    this.search.setAttribute('aria-expanded', 'false');
  }

  #soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#ask(), WAIT_MS);
  }

  async #ask() {
    const address = new URL(this.getAttribute('src'), location.href);
    address.searchParams.set('q', this.search.value);
    address.searchParams.set('class_code', this.form.elements.class_code?.value ?? '');
    this.request?.abort();
    this.request = new AbortController();
    try {
      const answer = await fetch(address, { signal: this.request.signal, headers: { Accept: 'application/json' } });
      if (!answer.ok) throw new Error(String(answer.status));
      this.#show((await answer.json()).options);
    } catch (error) {
      if (error.name !== 'AbortError') this.#say(this.getAttribute('failed'));
    }
  }

  #show(options) {
    this.options = options;
    this.active = options.length ? 0 : -1;
    if (!options.length) return this.#say(this.getAttribute('none'));
    this.list.replaceChildren(...options.map((option, at) => this.#row(option, at)));
    this.search.setAttribute('aria-expanded', 'true');
    this.#mark();
  }

  #row(option, at) {
    const row = document.createElement('li');
    row.setAttribute('role', 'option');
    row.id = `${this.list.id}-${at}`;
    row.dataset.at = at;
    const title = Object.assign(document.createElement('strong'), { textContent: option.title });
    const kind = Object.assign(document.createElement('span'), { className: 'ld-faint', textContent: option.group });
    const words = Object.assign(document.createElement('span'), { textContent: option.text });
    row.append(title, kind, words);
    return row;
  }

  #say(words) {
    this.options = [];
    this.active = -1;
    const row = Object.assign(document.createElement('li'), { textContent: words });
    row.setAttribute('role', 'presentation');
    this.list.replaceChildren(row);
  }

  #mark() {
    for (const row of this.list.children) row.setAttribute('aria-selected', String(Number(row.dataset.at) === this.active));
    const chosen = this.list.children[this.active];
    this.search.setAttribute('aria-activedescendant', chosen?.id ?? '');
    chosen?.scrollIntoView({ block: 'nearest' });
  }

  #key(event) {
    if (event.isComposing) return;
    const count = this.options.length;
    const acts = {
      ArrowDown: () => count && (this.active = (this.active + 1) % count),
      ArrowUp: () => count && (this.active = (this.active + count - 1) % count),
      Enter: () => this.#take(this.active),
      Escape: () => {
        this.#close();
        this.button.focus();
      },
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
    if (!this.box.hidden) this.#mark();
  }

  #take(at) {
    const option = this.options[at];
    const field = this.form.elements[this.getAttribute('field')];
    if (!option || !field) return;
    field.setRangeText(option.text, field.selectionStart, field.selectionEnd, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
    this.#cite(option.article, option.title);
    this.#close();
    field.focus();
  }

  #cite(article, title) {
    this.form.elements.article.value = article;
    this.form.elements.article_title.value = title;
    const drop = Object.assign(document.createElement('button'), {
      type: 'button',
      className: 'btn btn-quiet btn-sm',
      textContent: this.getAttribute('drop'),
    });
    drop.addEventListener('click', () => {
      this.form.elements.article.value = '';
      this.form.elements.article_title.value = '';
      this.said.replaceChildren();
    });
    this.said.replaceChildren(title, ' ', drop);
  }
}

customElements.define('ld-articles', LdArticles);
