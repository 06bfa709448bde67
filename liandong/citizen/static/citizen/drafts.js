// The report being written, kept on this device until it is sent: one draft, text and files in one record.
// Where the browser keeps nothing, there is no draft; writing goes on.
const NAME = 'ld-citizen-draft';

export async function readDraft() {
  try {
    return (await inStore('readonly', (store) => store.get(NAME))) ?? null;
  } catch {
    return null;
  }
}

// `draft`: {fields, photos: [{bytes, type, name}], voice: {bytes, type} | null}
export async function keepDraft(draft) {
  try {
    await inStore('readwrite', (store) => store.put(draft, NAME));
    return true;
  } catch {
    return false;
  }
}

export async function dropDraft() {
  try {
    await inStore('readwrite', (store) => store.delete(NAME));
  } catch {
    // there was none to drop
  }
}

let opening = null;

async function inStore(mode, ask) {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('drafts');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const database = await opening;
  return new Promise((resolve, reject) => {
    const request = ask(database.transaction('drafts', mode).objectStore('drafts'));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
