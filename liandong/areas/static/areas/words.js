// The words of the map's scripts, in the reader's language, handed over by the page.
const source = document.getElementById('area-words');
const words = source ? JSON.parse(source.textContent) : {};

// say('chosen', {name: '东桥1号网格', code: '…'}); a key without words shows itself.
export function say(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
