// The words of these scripts, in the reader's language, handed over by the page (`{% citizen_texts %}`).
const source = document.getElementById('ld-texts');
const texts = source ? JSON.parse(source.textContent) : {};

export function text(key, values = {}) {
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// An element with its properties and children: element('li', {className: 'x'}, 'text', child).
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
