// How often something is asked for again: the longer an answer takes, or the more often it fails, the longer the rest
// before the next, so that many screens do not ask more than there are answers. Never two at once.
const REST = 8; // so many times what the last one took
const LEAST_REST_AFTER_FAULT_MS = 5000;

export class Pace {
  // ask: does it, and resolves when done; least, longest: milliseconds
  constructor(ask, { least = 0, longest = 10000 } = {}) {
    Object.assign(this, { ask, least, longest, took: 0, askedAt: -Infinity, turn: 0 });
  }

  // Something changed: at once if the last answer is old enough, else when it is.
  touched() {
    if (document.hidden) {
      this.isOld = true;
      return;
    }
    if (this.asking) {
      this.again = true;
      return;
    }
    if (this.waits) return;
    const rest = Math.min(this.longest, Math.max(this.least, REST * this.took));
    const due = this.askedAt + rest * (0.75 + Math.random() / 2) - performance.now();
    this.waits = setTimeout(() => this.now(), Math.max(0, due));
  }

  // The tab is looked at again.
  woke() {
    if (this.isOld) this.now();
  }

  async now() {
    this.stop();
    this.isOld = false;
    this.turn += 1;
    const { turn } = this;
    const began = performance.now();
    this.asking = true;
    const isWell = await this.ask().catch(() => false);
    if (turn !== this.turn) return; // asked anew meanwhile
    this.asking = false;
    this.askedAt = performance.now();
    this.took = Math.max(this.askedAt - began, isWell === false ? LEAST_REST_AFTER_FAULT_MS / REST : 0);
    if (this.again) {
      this.again = false;
      this.touched();
    }
  }

  stop() {
    clearTimeout(this.waits);
    this.waits = 0;
  }
}
