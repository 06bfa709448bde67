// In a page: what lets an app work offline. `offline-worker.js` is the other half.

// Registers the app's worker; says whether pages will open without a network from the next visit on.
// Over plain http, in private windows and in many apps' web views there is no worker: the app works online.
export async function beReady(script, scope) {
  if (!('serviceWorker' in navigator)) return false;
  try {
    await navigator.serviceWorker.register(script, { scope, type: 'module', updateViaCache: 'none' });
    await navigator.serviceWorker.ready;
    return true;
  } catch (error) {
    console.info('offline:', error.message);
    return false;
  }
}

// Calls back with true or false now and whenever the network comes or goes, as far as the browser knows.
export function watchNetwork(tell) {
  addEventListener('online', () => tell(true));
  addEventListener('offline', () => tell(false));
  tell(navigator.onLine);
}
