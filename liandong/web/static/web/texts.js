// The words of the scripts, in the reader's language, handed over by the page (`{% script_texts %}`).
const source = document.getElementById('ld-texts');
const texts = source ? JSON.parse(source.textContent) : {};

// text('clock.left', {span: '3 分'}) → '剩 3 分'; a key without words shows itself.
export function text(key, values = {}) {
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// Says something to screen readers without moving anything on screen.
export function speak(words) {
  const place = document.getElementById('spoken');
  if (place) place.textContent = words;
}
