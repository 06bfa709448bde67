// Maps from elsewhere under our own data, where an administrator has set some up; our server fetches every tile.
//
//   tileLayers(ol, element, sources, { own, when })   layers, hidden until the sources are known and `when` has come
//
//   sources   address of {sources: [{id, name, crs, min_zoom, max_zoom, attribution, review_no, is_labels, mark}]},
//             the list itself, or nothing
//   own       the layers of our own basemap, shown instead where the reader prefers it or a source does not answer
// The element gets a choice, what has to be printed on the map, and `data-tiles`: own, the shown source, or failed.
import { registerGcj02 } from './gcj02.js';
import { text } from './texts.js';

const OWN = 'own';
const KEPT = 'ld-basemap';
const [EMPTY, FAULTY] = [4, 3]; // states of an OpenLayers tile
const [TRIES, PAUSE_MS] = [14, 250];
const MOST_ERRORS = 6; // in a row without a single tile: the source does not answer
const CALM = 0.8; // so much of a foreign map is seen: the data on top must dominate

export function tileLayers(ol, element, sources, { own, when }) {
  const group = new ol.layer.Group();
  if (sources) Promise.all([known(sources), when]).then(([found]) => found.length && lay(ol, element, group, found, own), () => {});
  return [group];
}

async function known(sources) {
  if (typeof sources !== 'string') return sources;
  const answer = await fetch(sources, { headers: { Accept: 'application/json' } });
  return answer.ok && !answer.redirected ? (await answer.json()).sources : [];
}

function lay(ol, element, group, sources, own) {
  const bases = sources.filter((source) => !source.is_labels);
  if (!bases.length) return;
  const show = (choice, { keep = false } = {}) => {
    const isOwn = choice === OWN;
    for (const layer of own) layer.setVisible(isOwn);
    for (const layer of group.getLayers().getArray()) layer.setVisible(!isOwn && (layer.get('labels') || layer.get('source_id') === choice));
    const shown = isOwn ? [] : sources.filter((source) => source.is_labels || String(source.id) === choice);
    print(element, shown.map(credit).filter(Boolean).join('　'));
    select.value = choice;
    element.setAttribute('data-tiles', choice);
    if (keep) remember(choice);
  };
  const failed = () => {
    show(OWN);
    element.setAttribute('data-tiles', 'failed');
    print(element, text('map.tiles_failed'));
  };
  group.setLayers(new ol.Collection([...bases, ...sources.filter((source) => source.is_labels)].map((source) => layerOf(ol, source, failed))));
  const select = choiceOf(element, bases, (choice) => show(choice, { keep: true }));
  const wished = remembered();
  show(wished === OWN || bases.some((source) => String(source.id) === wished) ? wished : String(bases[0].id));
}

function layerOf(ol, source, failed) {
  const { min_zoom: minZoom, max_zoom: maxZoom } = source;
  const isDegrees = ['EPSG:4490', 'EPSG:4326'].includes(source.crs);
  const projection = source.crs === 'GCJ-02' ? registerGcj02(ol) : ol.proj.get(isDegrees ? 'EPSG:4326' : 'EPSG:3857');
  const resolutions = Array.from({ length: maxZoom + 1 }, (_none, z) => 360 / 256 / 2 ** z);
  const tileGrid = isDegrees
    ? new ol.tilegrid.TileGrid({ extent: [-180, -90, 180, 90], origin: [-180, 90], resolutions, minZoom, tileSize: 256 })
    : ol.tilegrid.createXYZ({ extent: projection.getExtent(), minZoom, maxZoom });
  const url = `/desk/map/tiles/${source.id}/{z}/{x}/{y}?v=${source.mark ?? ''}`;
  const tiles = new ol.source.XYZ({ projection, tileGrid, url, tileLoadFunction: load, transition: 150, wrapX: false });
  let errors = 0;
  tiles.on('tileloadend', () => { errors = -Infinity; });
  tiles.on('tileloaderror', () => { if (!source.is_labels && ++errors === MOST_ERRORS) failed(); });
  const layer = new ol.layer.Tile({ source: tiles, visible: false, minZoom: minZoom - 1, opacity: source.is_labels ? 1 : CALM });
  layer.setProperties({ source_id: String(source.id), labels: source.is_labels });
  return layer;
}

// A tile that is being fetched (202) is asked for again; one the source does not have (204) stays empty.
async function load(tile, address) {
  try {
    for (let turn = 0; turn < TRIES; turn += 1) {
      const answer = await fetch(address);
      if (answer.status === 204) return tile.setState(EMPTY);
      if (answer.status !== 202) {
        if (!answer.ok || answer.redirected) break;
        const picture = URL.createObjectURL(await answer.blob());
        const image = tile.getImage();
        for (const end of ['load', 'error']) image.addEventListener(end, () => URL.revokeObjectURL(picture), { once: true });
        image.src = picture;
        return undefined;
      }
      await new Promise((wake) => { setTimeout(wake, PAUSE_MS * Math.min(4, turn + 1)); });
    }
  } catch {
    // No network: as any other tile that did not come.
  }
  return tile.setState(FAULTY);
}

function choiceOf(element, bases, chosen) {
  const select = document.createElement('select');
  select.className = 'form-select form-select-sm ld-map-choice';
  select.setAttribute('aria-label', text('map.basemap'));
  select.append(new Option(text('map.own'), OWN), ...bases.map((source) => new Option(source.name, source.id)));
  select.addEventListener('change', () => chosen(select.value));
  element.append(select);
  return select;
}

// What the law and the source want to be read on the map: where it comes from, and its 审图号.
function credit(source) {
  const number = source.review_no && text('map.review_no', { number: source.review_no });
  return [source.attribution && `© ${source.attribution}`, number].filter(Boolean).join(' ');
}

function print(element, words) {
  const place = element.querySelector('.ld-map-source') ?? element.appendChild(Object.assign(document.createElement('p'), { className: 'ld-map-source' }));
  place.textContent = words;
  place.hidden = !words;
}

function remember(choice) {
  try {
    localStorage.setItem(KEPT, choice);
  } catch {
    // A browser that keeps nothing shows the first source each time.
  }
}

function remembered() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}
