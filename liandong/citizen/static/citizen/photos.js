// The photos of a report: made small and without what the camera wrote into them as soon as they are chosen.
import { shrink } from '../web/photo-shrink.js';
import { element, text } from './words.js';

const MOST = 5;

export class Photos {
  // `changed` is called whenever photos come or go.
  constructor(input, list, { told, changed }) {
    this.list = list;
    this.told = told;
    this.changed = changed;
    this.kept = []; // {blob, name}
    input.addEventListener('change', () => this.#take(input));
    list.addEventListener('click', (event) => {
      const button = event.target.closest('button');
      if (button) this.#drop([...list.children].indexOf(button.parentElement));
    });
  }

  files() {
    return this.kept.map(({ blob, name }) => ({ field: 'photo', blob, name }));
  }

  set(photos) {
    this.kept = photos;
    this.#draw();
  }

  async #take(input) {
    const chosen = [...input.files];
    input.value = ''; // what is sent is what we keep, not what was chosen
    const told = [];
    for (const file of chosen) {
      if (this.kept.length >= MOST) {
        told.push(text('photo.most', { most: MOST }));
        break;
      }
      try {
        const { blob, name } = await shrink(file);
        this.kept.push({ blob, name });
      } catch {
        told.push(text('photo.unfit', { name: file.name }));
      }
    }
    this.told(told.join(' '));
    this.#draw();
    this.changed();
  }

  #drop(position) {
    this.kept.splice(position, 1);
    this.#draw();
    this.changed();
  }

  #draw() {
    for (const image of this.list.querySelectorAll('img')) URL.revokeObjectURL(image.src);
    this.list.replaceChildren(
      ...this.kept.map(({ blob }, position) => {
        const number = position + 1;
        const image = element('img', { src: URL.createObjectURL(blob), alt: text('photo.alt', { number }) });
        const button = element('button', { type: 'button', textContent: '×' });
        button.setAttribute('aria-label', text('photo.drop', { number }));
        return element('li', {}, image, button);
      }),
    );
    this.list.hidden = !this.kept.length;
  }
}
