// Where an outbox keeps what it has: one IndexedDB for each outbox. `outbox.js` is the door to it.
//
//   entries  seq (order of keeping) → {seq, id, owner, group, url, fields, headers, carry, label, madeAt, state,
//            tries, attempted, why, refusal, answer, sentAt, files: [{field, name, type, size}]}
//   files    [id, position] → {bytes}
//
// Files lie apart from their entries, so that a list of what waits stays small; as bytes, because some browsers lose
// blobs. Every change is one transaction: a browser that dies in the middle leaves the entry as it was.

const RECEIPTS = 50; // sent entries that are remembered, without their contents

// The browser keeps nothing here: private windows and full disks.
export class OutboxClosed extends Error {
  constructor(cause) {
    super('this browser keeps nothing for later', { cause });
    this.name = 'OutboxClosed';
  }
}

export class OutboxStore {
  constructor(name) {
    this.name = `ld-outbox-${name}`;
    this.opened = null;
  }

  async add(entry, files) {
    const read = await Promise.all(files.map(async ({ blob }) => ({ bytes: await blob.arrayBuffer() })));
    return this.#change((entries, kept) => {
      const known = entries.index('id').get(entry.id);
      known.onsuccess = () => {
        if (known.result) return; // the same entry twice is one entry
        entries.add(entry);
        put(kept, entry.id, read);
      };
    });
  }

  // All entries in the order in which they were kept.
  async all() {
    const database = await this.#open();
    return answered(database.transaction('entries').objectStore('entries').getAll());
  }

  async get(id) {
    const database = await this.#open();
    return answered(database.transaction('entries').objectStore('entries').index('id').get(id));
  }

  async files(entry) {
    const database = await this.#open();
    const rows = await answered(database.transaction('files').objectStore('files').getAll(range(entry.id)));
    return entry.files.map((file, position) => ({ ...file, blob: new Blob([rows[position].bytes], { type: file.type }) }));
  }

  // Changes an entry by a function of it, and what lies behind it in its group by another; in one transaction. Gives
  // the entry as it is then, or null where there is none or the function will not.
  async update(id, change, { files = null, behind = null } = {}) {
    const read = files && (await Promise.all(files.map(async ({ blob }) => ({ bytes: await blob.arrayBuffer() }))));
    let changed = null;
    await this.#change((entries, kept) => {
      const found = entries.index('id').get(id);
      found.onsuccess = () => {
        changed = (found.result && change(found.result)) || null;
        if (!changed) return;
        entries.put(changed);
        if (read || changed.state === 'sent') kept.delete(range(id));
        if (read) put(kept, id, read);
        if (behind) follow(entries, changed, behind);
        if (changed.state === 'sent') forgetReceipts(entries);
      };
    });
    return changed;
  }

  async remove(id) {
    await this.#change((entries, kept) => {
      const key = entries.index('id').getKey(id);
      key.onsuccess = () => key.result !== undefined && entries.delete(key.result);
      kept.delete(range(id));
    });
  }

  async #change(body) {
    const database = await this.#open();
    // Strict: written to the disk before we say that it is kept, where the browser knows how.
    const transaction = database.transaction(['entries', 'files'], 'readwrite', { durability: 'strict' });
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(new OutboxClosed(transaction.error));
    });
    body(transaction.objectStore('entries'), transaction.objectStore('files'));
    await done;
  }

  #open() {
    this.opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(this.name, 1);
      request.onupgradeneeded = () => {
        const entries = request.result.createObjectStore('entries', { keyPath: 'seq', autoIncrement: true });
        entries.createIndex('id', 'id', { unique: true });
        request.result.createObjectStore('files');
      };
      request.onsuccess = () => {
        request.result.onversionchange = () => request.result.close();
        request.result.onclose = () => (this.opened = null);
        resolve(request.result);
      };
      request.onerror = () => reject(new OutboxClosed(request.error));
    }).catch((error) => {
      this.opened = null;
      throw error instanceof OutboxClosed ? error : new OutboxClosed(error);
    });
    return this.opened;
  }
}

function answered(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new OutboxClosed(request.error));
  });
}

function range(id) {
  return IDBKeyRange.bound([id], [id, []]);
}

function put(kept, id, rows) {
  rows.forEach((row, position) => kept.put(row, [id, position]));
}

function follow(entries, before, behind) {
  const cursor = entries.openCursor(IDBKeyRange.lowerBound(before.seq, true));
  cursor.onsuccess = () => {
    if (!cursor.result) return;
    const entry = cursor.result.value;
    if (entry.group === before.group && entry.state !== 'sent') cursor.result.update(behind(entry));
    cursor.result.continue();
  };
}

function forgetReceipts(entries) {
  const all = entries.getAll();
  all.onsuccess = () => {
    const receipts = all.result.filter((entry) => entry.state === 'sent');
    for (const old of receipts.slice(0, -RECEIPTS)) entries.delete(old.seq);
  };
}
