// The words of the map's scripts, in the reader's language, handed over by the page.
const source = document.getElementById('map-words');
const words = source ? JSON.parse(source.textContent) : {};

// say('counted', {cases: 12, late: 3}); a key without words shows itself.
export function say(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

const number = new Intl.NumberFormat(document.documentElement.lang || 'zh');

export function count(value) {
  return number.format(value);
}

export function length(metres) {
  return metres < 1000 ? say('metres', { value: count(Math.round(metres)) }) : say('kilometres', { value: count(Math.round(metres / 10) / 100) });
}

export function surface(metres) {
  return metres < 1e6 ? say('square_metres', { value: count(Math.round(metres)) }) : say('square_kilometres', { value: count(Math.round(metres / 1e4) / 100) });
}
