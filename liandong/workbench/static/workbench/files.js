// The files of a case: sent in pieces (tus 1.0.0), so that a broken connection costs a piece and not the film; photos
// looked at in a dialogue. Without this module the form sends one file whole, and photos open in a tab of their own.

const WORDS = JSON.parse(document.getElementById('ld-texts')?.textContent ?? '{}');
const text = (key) => WORDS[key] ?? key;

function speak(words) {
  const place = document.getElementById('spoken');
  if (place) place.textContent = words;
}

const PIECE = 5_000_000;
const TRIES = 6;
const FIRST_WAIT_MS = 1000;
const TUS = { 'Tus-Resumable': '1.0.0' };

function token() {
  return /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? '';
}

function ask(method, url, { headers = {}, body = null, onProgress = null } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries({ ...TUS, 'X-CSRFToken': token(), ...headers })) {
      request.setRequestHeader(name, value);
    }
    if (onProgress) request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onload = () => resolve(request);
    request.onerror = request.ontimeout = () => reject(new TypeError('network'));
    request.send(body);
  });
}

class Refused extends Error {}

function refusal(answer) {
  try {
    const told = JSON.parse(answer.responseText);
    return new Refused(`${told.detail ?? ''}${told.remedy ?? ''}`);
  } catch {
    return new Refused(text('net.failed'));
  }
}

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const base64 = (words) => btoa(String.fromCharCode(...new TextEncoder().encode(words)));

class Sending {
  constructor(form, file) {
    Object.assign(this, { form, file, url: '', version: 0, stopped: false });
    this.key = `ld-upload:${form.dataset.uploads}:${file.name}:${file.size}:${file.lastModified}`;
    this.row = document.createElement('li');
    this.name = Object.assign(document.createElement('span'), { textContent: file.name });
    this.bar = Object.assign(document.createElement('progress'), { max: file.size, value: 0 });
    this.bar.setAttribute('aria-label', file.name);
    this.stop = Object.assign(document.createElement('button'), {
      type: 'button',
      className: 'btn btn-light btn-sm',
      textContent: text('file.stop'),
    });
    this.stop.addEventListener('click', () => this.cancel());
    this.row.append(this.name, this.bar, this.stop);
    form.querySelector('.wb-sending').append(this.row);
  }

  async send() {
    let offset = await this.#begin();
    let failures = 0;
    while (offset < this.file.size && !this.stopped) {
      try {
        offset = await this.#piece(offset);
        failures = 0;
      } catch (error) {
        if (error instanceof Refused || (failures += 1) > TRIES) throw error;
        this.name.textContent = `${this.file.name} · ${text('file.waiting')}`;
        await wait(FIRST_WAIT_MS * 2 ** (failures - 1));
        offset = await this.#arrived().catch(() => offset);
      }
    }
    localStorage.removeItem(this.key);
  }

  async #begin() {
    this.url = localStorage.getItem(this.key) ?? '';
    if (this.url) {
      const arrived = await this.#arrived().catch(() => -1);
      if (arrived >= 0 && arrived < this.file.size) return arrived;
    }
    const purpose = this.form.elements.purpose.value;
    const answer = await ask('POST', this.form.dataset.uploads, {
      headers: {
        'Upload-Length': this.file.size,
        'Upload-Metadata': `filename ${base64(this.file.name)},purpose ${base64(purpose)}`,
      },
    });
    if (answer.status !== 201) throw refusal(answer);
    this.url = answer.getResponseHeader('Location');
    localStorage.setItem(this.key, this.url);
    return 0;
  }

  async #piece(offset) {
    const answer = await ask('PATCH', this.url, {
      headers: { 'Upload-Offset': offset, 'Content-Type': 'application/offset+octet-stream' },
      body: this.file.slice(offset, offset + PIECE),
      onProgress: (loaded) => { this.bar.value = offset + loaded; },
    });
    if (answer.status === 409 || answer.status >= 500) throw new TypeError('again');
    if (answer.status !== 204) throw refusal(answer);
    this.name.textContent = this.file.name;
    this.version = Number(answer.getResponseHeader('ETag')?.replaceAll('"', '') ?? 0);
    return Number(answer.getResponseHeader('Upload-Offset'));
  }

  async #arrived() {
    const answer = await ask('HEAD', this.url);
    if (answer.status !== 200) throw new TypeError('gone');
    return Number(answer.getResponseHeader('Upload-Offset'));
  }

  async cancel() {
    this.stopped = true;
    this.row.remove();
    localStorage.removeItem(this.key);
    if (this.url) await ask('DELETE', this.url).catch(() => null);
  }

  fail(error) {
    localStorage.removeItem(this.key);
    this.bar.remove();
    this.stop.textContent = text('toast.close');
    this.row.className = 'ld-field-error';
    this.name.textContent = `${this.file.name}：${error instanceof Refused ? error.message : text('net.failed')}`;
  }
}

async function sendAll(form) {
  const button = form.querySelector('button.btn');
  button.disabled = true;
  let failed = false;
  for (const file of [...form.elements.file.files]) {
    const sending = new Sending(form, file);
    try {
      await sending.send();
      if (!sending.stopped && sending.version) {
        const detail = { from: sending.version - 1, to: sending.version };
        document.dispatchEvent(new CustomEvent('ld:version', { detail }));
        sending.row.remove();
      }
    } catch (error) {
      failed = true;
      sending.fail(error);
    }
  }
  button.disabled = false;
  form.reset();
  form.removeAttribute('data-dirty');
  if (!failed) speak(text('file.sent'));
  await show(failed ? form.querySelector('.wb-sending') : null);
}

async function show(notes) {
  const place = document.getElementById('photos');
  if (!place) return;
  const answer = await fetch(place.dataset.files, { headers: { 'HX-Request': 'true' } });
  if (!answer.ok) return;
  place.outerHTML = await answer.text();
  const fresh = document.getElementById('photos');
  if (notes) fresh.querySelector('.wb-sending')?.replaceWith(notes);
  window.htmx?.process(fresh);
}

document.addEventListener('submit', (event) => {
  const form = event.target.closest?.('form[data-uploads]');
  if (!form?.elements.file.files.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  sendAll(form);
}, true);

// With this module at work several files may be chosen at once; a plain form takes one.
document.addEventListener('focusin', (event) => {
  if (event.target.matches?.('form[data-uploads] input[type=file]')) event.target.multiple = true;
});

// The viewer: arrows turn the pages, Escape closes, and the focus goes back to the photo.
let viewer = null;

function view(link) {
  const links = [...document.querySelectorAll('.wb-photos [data-view]')];
  let place = Math.max(0, links.findIndex((one) => one.href === link.href));
  viewer ??= document.body.appendChild(document.createElement('dialog'));
  viewer.className = 'wb-view';
  const picture = document.createElement('img');
  const words = document.createElement('p');
  const turn = (step) => {
    place = (place + step + links.length) % links.length;
    picture.src = links[place].href;
    picture.alt = links[place].querySelector('img').alt;
    words.textContent = `${picture.alt} · ${place + 1} / ${links.length}`;
  };
  const control = (label, act) => {
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'btn btn-light', textContent: label });
    button.addEventListener('click', act);
    return button;
  };
  const bar = document.createElement('div');
  bar.append(control(text('view.previous'), () => turn(-1)), words, control(text('view.next'), () => turn(1)), control(text('toast.close'), () => viewer.close()));
  viewer.replaceChildren(picture, bar);
  viewer.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) turn(step);
    event.stopPropagation();
  };
  viewer.onclose = () => link.focus();
  turn(0);
  viewer.showModal();
}

document.addEventListener('click', (event) => {
  const link = event.target.closest?.('[data-view]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  view(link);
});
