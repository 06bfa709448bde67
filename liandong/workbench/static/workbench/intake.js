// The operator's desk: a picked class fills condition, nature and urgency; a picked place or a point on the map moves
// the other; advice (grid, unit) is asked for as soon as something is known, and cases like the one being typed with
// every pause of the typing. Neither request carries a name or a phone.
//
// Markup: `workbench/intake_form.html`. The form is replaced after each case, so everything is looked up anew.

const desk = document.getElementById('intake');
const form = () => document.getElementById('intake-form');
const field = (name) => form().elements[name];
const map = () => desk.querySelector('ld-map');

function offerConditions(conditions) {
  const options = conditions.map(([value, label]) => Object.assign(document.createElement('option'), { value, textContent: label }));
  field('condition').replaceChildren(...options);
}

function seek() {
  const address = new URL(desk.dataset.advice, location.href);
  for (const name of ['class_code', 'lon', 'lat', 'area']) address.searchParams.set(name, field(name).value);
  window.htmx.ajax('GET', address.pathname + address.search, { target: '#advice', swap: 'innerHTML' });
  compare();
}

const TYPED = ['class_code', 'lon', 'lat', 'area', 'address', 'description'];
const PAUSE_MS = 350;
let pause = 0;
let asked = '';

function compare() {
  clearTimeout(pause);
  const values = Object.fromEntries(TYPED.map((name) => [name, field(name).value]));
  const told = JSON.stringify(values);
  if (told === asked) return;
  asked = told;
  values.not_back = field('not_back')?.checked ? field('not_back').value : '';
  const panel = document.getElementById('duplicates');
  window.htmx.ajax('POST', desk.dataset.duplicates, { source: panel, target: panel, swap: 'innerHTML', values });
}

desk.addEventListener('input', (event) => {
  if (event.target.form !== form() || !['address', 'description'].includes(event.target.name)) return;
  clearTimeout(pause);
  pause = setTimeout(compare, PAUSE_MS);
});

function point(lon, lat) {
  field('lon').value = lon ?? '';
  field('lat').value = lat ?? '';
  if (lon != null) field('area').value = '';
}

function show(lon, lat, zoom) {
  const shown = map();
  if (lon == null) {
    shown.removeAttribute('lon');
    shown.removeAttribute('lat');
    return;
  }
  shown.setAttribute('zoom', zoom);
  shown.setAttribute('lon', lon);
  shown.setAttribute('lat', lat);
}

function pickClass(option) {
  offerConditions(option?.conditions ?? []);
  seek();
}

function pickPlace(option) {
  if (!option) {
    point(null, null);
    field('area').value = '';
    show(null, null);
  } else if (option.exact) {
    point(option.lon, option.lat);
    show(option.lon, option.lat, 16);
    if (option.address && !field('address').value) field('address').value = option.address;
  } else {
    point(null, null); // an area says where without a point; its middle would be a guess
    field('area').value = option.value;
    if (option.lon != null) show(option.lon, option.lat, 15);
  }
  seek();
}

desk.addEventListener('ld:pick', (event) => {
  const name = event.target.querySelector('input[type=hidden]').name;
  if (name === 'class_code' && form().contains(event.target)) pickClass(event.detail.option);
  if (name === 'place') pickPlace(event.detail.option);
});

desk.addEventListener('ld:point', (event) => {
  point(event.detail.lon, event.detail.lat);
  seek();
});

// After an answer the map and the advice follow the form: cleared for a new case, as they were after an error.
document.addEventListener('htmx:after:swap', () => {
  const fresh = form();
  if (!fresh || fresh.dataset.seen) return;
  fresh.dataset.seen = 'yes';
  const lon = field('lon').value;
  show(lon || null, field('lat').value, 16);
  seek();
  (fresh.querySelector('[aria-invalid=true]') ?? field('class_code_text')).focus();
});
form().dataset.seen = 'yes';
field('class_code_text').focus();

// A report from another channel opens over the desk, so that what is being typed stays where it is.
const dialog = document.getElementById('report-dialog');
document.addEventListener('htmx:after:swap', () => {
  const shown = dialog.querySelector('[data-number]');
  if (shown && !dialog.open && dialog.dataset.asked === shown.dataset.number) {
    dialog.dataset.asked = '';
    dialog.showModal();
  }
  if (dialog.open && dialog.querySelector('[data-done]')) dialog.close();
});
desk.addEventListener('click', (event) => {
  const row = event.target.closest('[data-report]');
  if (row) dialog.dataset.asked = row.dataset.report;
});
dialog.addEventListener('ld:pick', (event) => {
  const conditions = event.detail.option?.conditions;
  const select = dialog.querySelector('select[name=condition]');
  if (!conditions || !select) return;
  select.replaceChildren(...conditions.map(([value, label]) => Object.assign(document.createElement('option'), { value, textContent: label })));
});
