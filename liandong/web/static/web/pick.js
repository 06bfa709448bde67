// <ld-pick src="/desk/options/classes/" include="#id_area"> hidden input + text input </ld-pick>
// A searchable choice after the WAI-ARIA combobox pattern. Asks GET src?q=…&<name of each included field>=… and
// expects {"options": [{"value", "label", "note"?, "group"?, …}]}. On a choice the hidden input takes the value and
// 'ld:pick' {value, label, option} bubbles; emptied text empties the value and sends option null.
import { speak, text } from './texts.js';

const WAIT_MS = 200;
let made = 0;

class LdPick extends HTMLElement {
  connectedCallback() {
    if (this.input) return;
    this.hidden_ = this.querySelector('input[type=hidden]');
    this.input = this.querySelector('input:not([type=hidden])');
    this.options = [];
    this.active = -1;
    this.shown = this.input.value;
    this.#dress();
    this.input.addEventListener('input', () => this.#typed());
    this.input.addEventListener('keydown', (event) => this.#key(event));
    this.input.addEventListener('blur', () => this.#left());
    this.input.addEventListener('click', () => this.list.hidden && this.#ask());
  }

  #dress() {
    const id = `ld-pick-${++made}`;
    this.list = Object.assign(document.createElement('ul'), { id, className: 'ld-options', hidden: true });
    this.list.setAttribute('role', 'listbox');
    this.list.setAttribute('aria-label', this.input.labels?.[0]?.textContent.trim() ?? '');
    this.list.addEventListener('mousedown', (event) => {
      event.preventDefault(); // keeps the focus in the field
      const option = event.target.closest('[role=option]');
      if (option) this.#take(Number(option.dataset.at));
    });
    for (const [name, value] of Object.entries({ role: 'combobox', 'aria-expanded': 'false', 'aria-controls': id, 'aria-autocomplete': 'list' })) {
      this.input.setAttribute(name, value);
    }
    this.append(this.list);
  }

  set(value, label) {
    this.hidden_.value = value;
    this.input.value = this.shown = label;
  }

  #typed() {
    if (this.hidden_.value) {
      this.hidden_.value = '';
      this.#announce(null);
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#ask(), WAIT_MS);
  }

  async #ask() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.request = new AbortController();
    const url = new URL(this.getAttribute('src'), location.href);
    url.searchParams.set('q', this.hidden_.value ? '' : this.input.value.trim());
    for (const field of document.querySelectorAll(this.getAttribute('include') || ':not(*)')) {
      url.searchParams.set(field.name, field.value);
    }
    try {
      const answer = await fetch(url, { signal: this.request.signal, headers: { Accept: 'application/json' } });
      if (!answer.ok) throw new Error(String(answer.status));
      this.#show((await answer.json()).options);
    } catch (error) {
      if (error.name !== 'AbortError') this.#say(text('pick.failed'));
    }
  }

  #show(options) {
    if (document.activeElement !== this.input) return;
    this.options = options;
    this.active = -1;
    if (!options.length) return this.#say(text('pick.none'));
    let group = '';
    const rows = [];
    options.forEach((option, at) => {
      if (option.group && option.group !== group) rows.push(this.#heading((group = option.group)));
      rows.push(this.#row(option, at));
    });
    this.list.replaceChildren(...rows);
    this.#open(true);
    this.#activate(0);
    speak(text('pick.count', { count: options.length }));
  }

  #heading(words) {
    const row = Object.assign(document.createElement('li'), { textContent: words });
    row.setAttribute('role', 'presentation');
    return row;
  }

  #row(option, at) {
    const row = Object.assign(document.createElement('li'), { id: `${this.list.id}-${at}` });
    row.setAttribute('role', 'option');
    row.dataset.at = at;
    row.append(this.#marked(option.label));
    if (option.note) row.append(Object.assign(document.createElement('small'), { textContent: option.note }));
    return row;
  }

  #marked(label) {
    const sought = this.input.value.trim();
    const place = sought ? label.toLowerCase().indexOf(sought.toLowerCase()) : -1;
    const whole = document.createElement('span');
    if (place < 0) {
      whole.textContent = label;
      return whole;
    }
    const mark = Object.assign(document.createElement('mark'), { textContent: label.slice(place, place + sought.length) });
    whole.append(label.slice(0, place), mark, label.slice(place + sought.length));
    return whole;
  }

  #say(words) {
    this.options = [];
    this.list.replaceChildren(this.#heading(words));
    this.#open(true);
    speak(words);
  }

  #open(open) {
    this.list.hidden = !open;
    this.input.setAttribute('aria-expanded', String(open));
    if (!open) this.input.removeAttribute('aria-activedescendant');
  }

  #activate(at) {
    const rows = this.list.querySelectorAll('[role=option]');
    rows[this.active]?.removeAttribute('aria-selected');
    this.active = (at + rows.length) % rows.length;
    const row = rows[this.active];
    row.setAttribute('aria-selected', 'true');
    row.scrollIntoView({ block: 'nearest' });
    this.input.setAttribute('aria-activedescendant', row.id);
  }

  #key(event) {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const open = !this.list.hidden && this.options.length > 0;
    const acts = {
      ArrowDown: () => (open ? this.#activate(this.active + 1) : this.#ask()),
      ArrowUp: () => (open ? this.#activate(this.active - 1) : this.#ask()),
      Enter: () => open && this.#take(this.active),
      Tab: () => open && this.input.value.trim() && !this.hidden_.value && this.#take(this.active),
      Escape: () => this.#open(false),
    };
    if (!acts[event.key] || (event.key === 'Escape' && this.list.hidden)) return;
    const done = acts[event.key]();
    if (event.key !== 'Tab' && done !== false) event.preventDefault();
  }

  #take(at) {
    const option = this.options[at];
    if (!option) return;
    this.set(option.value, option.label);
    this.#open(false);
    this.#announce(option);
  }

  #announce(option) {
    this.shown = this.input.value;
    const detail = { value: this.hidden_.value, label: this.input.value, option };
    this.dispatchEvent(new CustomEvent('ld:pick', { detail, bubbles: true }));
  }

  #left() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.#open(false);
  }
}

customElements.define('ld-pick', LdPick);
