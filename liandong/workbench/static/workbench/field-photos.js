// <fd-photos name="before" label="处置前照片" required></fd-photos>: take or choose photos, see them, take them away.
// They are made small at once; `files()` and `fields()` are what an outbox entry takes. What the camera says of when and
// where goes beside a proof of work, and is not even read from a photo that only shows what was found.
import { text } from '../web/texts.js';
import { NotAPhoto, shrink } from '../web/photo-shrink.js';
import { fill, from } from './field-parts.js';

const NO_PROOF = 'report';
const MOST = 9;

class FdPhotos extends HTMLElement {
  connectedCallback() {
    if (this.shots) return;
    this.shots = [];
    this.append(from('f-photos'));
    fill(this, { label: this.getAttribute('label'), album_label: this.getAttribute('label') });
    this.addEventListener('change', (event) => this.#take(event.target));
    this.addEventListener('click', (event) => this.#remove(event.target.closest('[data-do=remove]')));
  }

  disconnectedCallback() {
    for (const shot of this.shots ?? []) URL.revokeObjectURL(shot.url);
  }

  get name() {
    return this.getAttribute('name');
  }

  get isMissing() {
    return this.hasAttribute('required') && !this.shots.length;
  }

  files() {
    return this.shots.map(({ blob, name }) => ({ field: this.name, blob, name }));
  }

  fields() {
    if (this.name === NO_PROOF || !this.shots.length) return {};
    const column = (key) => this.shots.map((shot) => String(shot[key] ?? ''));
    return { [`${this.name}_taken`]: column('takenAt'), [`${this.name}_lon`]: column('lon'), [`${this.name}_lat`]: column('lat') };
  }

  // Shows what an entry already holds.
  hold(files, fields) {
    const told = (key, place) => fields[`${this.name}_${key}`]?.[place] ?? '';
    const own = files.filter(({ field }) => field === this.name);
    own.forEach(({ blob, name }, place) => {
      this.#add({ blob, name, takenAt: told('taken', place), lon: told('lon', place), lat: told('lat', place) });
    });
  }

  async #take(input) {
    if (input.type !== 'file') return;
    const chosen = [...input.files];
    input.value = '';
    fill(this, { error: '' });
    for (const file of chosen.slice(0, MOST - this.shots.length)) {
      try {
        this.#add(await shrink(file, { withCapture: this.name !== NO_PROOF }));
      } catch (error) {
        if (!(error instanceof NotAPhoto)) throw error;
        fill(this, { error: text('field.photo.bad', { name: file.name }) });
      }
    }
  }

  #add(shot) {
    const url = URL.createObjectURL(shot.blob);
    this.shots.push({ ...shot, url });
    const item = from('f-shot');
    item.querySelector('img').src = url;
    fill(item, { remove: text('field.photo.remove', { number: this.shots.length }) });
    this.querySelector('[data-slot=shots]').append(item);
  }

  #remove(button) {
    const item = button?.closest('li');
    if (!item) return;
    const [gone] = this.shots.splice([...item.parentElement.children].indexOf(item), 1);
    URL.revokeObjectURL(gone.url);
    item.remove();
  }
}

customElements.define('fd-photos', FdPhotos);
