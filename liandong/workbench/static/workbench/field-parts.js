// Pieces of the page: templates cloned, and their slots filled with text. Nothing is ever put in as markup.

export function from(id) {
  return document.importNode(document.getElementById(id).content, true).firstElementChild;
}

// Texts into [data-slot]; {name: true | false} decides whether [data-if] stays.
export function fill(element, values) {
  for (const [name, value] of Object.entries(values)) {
    const slot = element.querySelector(`[data-slot="${name}"]`);
    if (slot && typeof value !== 'boolean') slot.textContent = value ?? '';
    for (const part of element.querySelectorAll(`[data-if="${name}"]`)) part.hidden = !value;
  }
  return element;
}

export function slot(element, name) {
  return element.querySelector(`[data-slot="${name}"]`);
}

// A time of day by this device's zone; the day with it when it is another one.
export function clockTime(instant) {
  const date = new Date(instant);
  const pad = (number) => String(number).padStart(2, '0');
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}`;
  return date.toDateString() === new Date().toDateString() ? time : `${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${time}`;
}
