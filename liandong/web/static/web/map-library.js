// OpenLayers, loaded once for a page and only where a map is.
let library;

export function loadLibrary(address) {
  library ??= window.ol ? Promise.resolve(window.ol) : new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement('script'), { src: address });
    script.onload = () => resolve(window.ol);
    script.onerror = () => reject(new Error(address));
    document.head.append(script);
  });
  return library;
}
