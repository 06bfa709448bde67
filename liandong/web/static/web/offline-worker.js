// The inside of a service worker, shared by the apps that work offline. A worker's script is written by the server
// (`liandong.web.offline`), imports this file and says no more than
//
//   serveOffline({ name, version, shell, pages, outbox, session, standsFor });
//
//   name     of the app: its caches are `ld-<name>-<version>`, and no other app's are touched
//   version  changes whenever anything in `shell` or the pages change; the caches of older ones go
//   shell    addresses of static files (their names carry their hash): from the cache first
//   pages    addresses of pages that hold nothing about anybody: from the network first, from the cache without one.
//            The first stands in for every other page of the app. Only an answer whose header `Offline-Version` is
//            `version` is kept
//   standsFor  addresses for which the first page stands in; empty: every page below the worker. Others are left alone
//   outbox   name of the outbox the browser may ask us to send when no page is open
//
// Nothing else is ever answered from a cache: what a person may see is asked of the server each time, or kept by the
// app itself where it can be cleared.
import { openOutbox } from './outbox.js';

const PATIENCE_MS = 4_000; // a page that takes longer than this on a bad line is shown from the cache

export function serveOffline({ name, version, shell, pages, outbox = '', session = '/session/', standsFor = [] }) {
  const cacheName = `ld-${name}-${version}`;
  const known = new Set(shell.map((address) => new URL(address, self.location.origin).href));

  self.addEventListener('install', (event) => {
    event.waitUntil(fill(cacheName, shell, pages, version));
  });

  self.addEventListener('activate', (event) => {
    event.waitUntil(clear(name, cacheName).then(() => self.clients.claim()));
  });

  self.addEventListener('fetch', (event) => {
    const { request } = event;
    if (request.method !== 'GET' || new URL(request.url).origin !== self.location.origin) return;
    const isOurs = !standsFor.length || [...standsFor, ...pages].includes(new URL(request.url).pathname);
    if (request.mode === 'navigate' && isOurs) event.respondWith(page(request, { cacheName, pages, version }));
    else if (known.has(request.url.split('#')[0])) event.respondWith(stored(request, cacheName));
  });

  self.addEventListener('sync', (event) => {
    if (event.tag === `ld-outbox-${outbox}`) event.waitUntil(sendOrAskAgain(outbox, session));
  });
}

async function fill(cacheName, shell, pages, version) {
  const cache = await caches.open(cacheName);
  await cache.addAll(shell);
  for (const address of pages) {
    const response = await fetch(address, { cache: 'reload' });
    // Somebody who signed out in the meantime is led elsewhere: the worker before this one goes on.
    if (!mayBeKept(response, version)) throw new Error(`no page to keep at ${address}`);
    await cache.put(address, response);
  }
  await self.skipWaiting(); // pages name their scripts by hash: old and new ones live beside each other
}

async function clear(name, current) {
  const own = new RegExp(`^ld-${name}-[^-]+$`);
  for (const one of await caches.keys()) if (own.test(one) && one !== current) await caches.delete(one);
}

async function stored(request, cacheName) {
  const cache = await caches.open(cacheName);
  return (await cache.match(request, { ignoreVary: true })) ?? fetch(request);
}

async function page(request, { cacheName, pages, version }) {
  const cache = await caches.open(cacheName);
  const options = { ignoreSearch: true, ignoreVary: true };
  const kept = (await cache.match(request.url, options)) ?? (await cache.match(pages[0], options));
  const asked = fetch(request).then(async (response) => {
    const { pathname } = new URL(request.url);
    if (pages.includes(pathname) && mayBeKept(response, version)) await cache.put(pathname, response.clone());
    return response;
  });
  if (!kept) return asked;
  asked.catch(() => {});
  const patience = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE_MS));
  return Promise.race([asked, patience]).catch(() => kept);
}

function mayBeKept(response, version) {
  return response.ok && !response.redirected && response.headers.get('Offline-Version') === version;
}

async function sendOrAskAgain(outbox, session) {
  const { left } = await openOutbox(outbox, { session }).sendAll();
  if (left) throw new Error('not everything could be sent'); // the browser asks again later
}
