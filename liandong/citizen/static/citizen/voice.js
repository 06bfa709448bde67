// A voice note of at most a minute, listened to before it is sent.
import { text } from './words.js';

const LONGEST_S = 60;

export class Voice {
  constructor(root, { told, changed }) {
    this.button = root.querySelector('[data-record]');
    this.label = this.button.querySelector('span');
    this.kept = root.querySelector('[data-voice]');
    this.audio = this.kept.querySelector('audio');
    this.told = told;
    this.changed = changed;
    this.blob = null;
    root.hidden = !(navigator.mediaDevices?.getUserMedia && globalThis.MediaRecorder);
    this.button.addEventListener('click', () => (this.recorder ? this.recorder.stop() : this.#record()));
    root.querySelector('[data-drop-voice]').addEventListener('click', () => {
      this.set(null);
      this.changed();
    });
  }

  files() {
    if (!this.blob) return [];
    const extension = this.blob.type.includes('mp4') ? 'm4a' : this.blob.type.includes('ogg') ? 'ogg' : 'webm';
    return [{ field: 'voice', blob: this.blob, name: `voice.${extension}` }];
  }

  set(blob) {
    if (this.audio.src) URL.revokeObjectURL(this.audio.src);
    this.blob = blob;
    this.kept.hidden = !blob;
    if (blob) this.audio.src = URL.createObjectURL(blob);
    else this.audio.removeAttribute('src');
  }

  async #record() {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      this.told(text('voice.denied'));
      return;
    }
    const pieces = [];
    const recorder = new MediaRecorder(stream, { audioBitsPerSecond: 32_000 });
    let seconds = 0;
    const show = () => (this.label.textContent = text('voice.stop', { seconds }));
    const ticking = setInterval(() => {
      seconds += 1;
      show();
      if (seconds >= LONGEST_S) recorder.stop();
    }, 1000);
    recorder.ondataavailable = ({ data }) => data.size && pieces.push(data);
    recorder.onstop = () => {
      clearInterval(ticking);
      for (const track of stream.getTracks()) track.stop();
      this.recorder = null;
      this.label.textContent = text('voice.start');
      this.set(new Blob(pieces, { type: recorder.mimeType }));
      this.changed();
    };
    this.recorder = recorder;
    recorder.start();
    show();
  }
}
