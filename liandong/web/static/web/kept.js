// What an app keeps of one person's data to work without a network, in an IndexedDB of its own: `ld-kept-<app>`.
// It is gone when they sign out (`forget.js` on the sign-in page), and the app clears it when another account comes or
// the rights end. What somebody did and has not sent is no part of it: that lies in the outbox and stays.
//
//   const kept = openKept('field'); await kept.put('work', value); await kept.get('work'); await kept.clear();
//
// Where the browser keeps nothing, nothing is found and nothing thrown: the app then works online.
const PREFIX = 'ld-kept-';
const APPS = ['field', 'citizen']; // where a browser does not tell which databases it has

export function openKept(app) {
  return {
    get: (key) => within(app, 'readonly', (store) => store.get(key)),
    put: (key, value) => within(app, 'readwrite', (store) => store.put(value, key)),
    clear: () => within(app, 'readwrite', (store) => store.clear()),
  };
}

export async function forgetKept() {
  const known = await globalThis.indexedDB?.databases?.().catch(() => null);
  const names = known ? known.map(({ name }) => name) : APPS.map((app) => PREFIX + app);
  await Promise.all(names.filter((name) => name.startsWith(PREFIX)).map((name) => openKept(name.slice(PREFIX.length)).clear()));
}

async function within(app, mode, body) {
  try {
    const database = await opened(app);
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction('kept', mode);
        const request = body(transaction.objectStore('kept'));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  } catch (error) {
    console.info('kept:', error?.message);
    return undefined;
  }
}

function opened(app) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(PREFIX + app, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('kept');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
