// What lies under the areas: our own roads, water, green and names on a Canvas, and tile sources where there are any.
//
//   const layers = basemapLayers(ol, element, { address: '/desk/map/basemap.json', sources: '/desk/map/sources.json' });
//   new ol.Map({ layers: [ground, ...layers, areas, …] });
//
//   address   GeoJSON, properties {kind: water|green|road|place, class: major|minor, name}
//   sources   list of tile sources, its address, or nothing (`tiles.js`)
//   when      a promise: tiles wait for it, so that none are fetched before the map shows the right place
//   element   holds the map; its tokens give the colours, and `data-basemap` says ready, empty or failed
// Put them over what fills the land and below lines and data, which must not be filled with an opaque colour. Nothing
// is thrown: without a basemap the map is as it would be without this. Colours follow the page's theme.
import { tileLayers } from './tiles.js';

const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
// Below so many metres a pixel: minor roads from a town in sight, names when there is room for them.
const SHOWN = { minor: 14, lane: 7 };
const NAMED = { water: 45, green: 12, major: 18, minor: 4.5, place: 5 };

export function basemapLayers(ol, element, { address, sources, when } = {}) {
  const layer = (details) => new ol.layer.Vector({ source: new ol.source.Vector(), ...details });
  const surfaces = layer({});
  const roads = layer({});
  const names = layer({ declutter: true });
  const own = [surfaces, roads, names];
  const colour = () => {
    const colours = palette(element);
    surfaces.setStyle(surfaceStyle(ol, colours));
    roads.setStyle(roadStyle(ol, colours));
    names.setStyle(nameStyle(ol, colours));
  };
  colour();
  new MutationObserver(colour).observe(document.documentElement, { attributeFilter: ['data-bs-theme'] });
  const say = (state) => element.setAttribute('data-basemap', state);
  if (address) load(ol, address, { surfaces, roads, names }).then(say, () => say('failed'));
  return [...tileLayers(ol, element, sources, { own, when }), ...own];
}

async function load(ol, address, { surfaces, roads, names }) {
  const answer = await fetch(address, { headers: { Accept: 'application/geo+json, application/json' } });
  if (!answer.ok || answer.redirected) throw new Error(`${address}: ${answer.status}`);
  const format = new ol.format.GeoJSON({ dataProjection: 'EPSG:4326', featureProjection: 'EPSG:3857' });
  const features = format.readFeatures(await answer.json());
  const isRoad = (feature) => feature.get('kind') === 'road';
  surfaces.getSource().addFeatures(features.filter((feature) => ['water', 'green'].includes(feature.get('kind'))));
  roads.getSource().addFeatures(features.filter(isRoad));
  names.getSource().addFeatures(features.filter((feature) => feature.get('name')));
  return features.length ? 'ready' : 'empty';
}

function palette(element) {
  const style = getComputedStyle(element);
  const token = (name) => style.getPropertyValue(`--ld-map-${name}`).trim();
  const names = ['water', 'green', 'road', 'street', 'water-name', 'green-name', 'road-name', 'halo'];
  return Object.fromEntries(names.map((name) => [name, token(name)]));
}

function surfaceStyle(ol, colours) {
  const { Style, Fill, Stroke } = ol.style;
  const green = new Style({ fill: new Fill({ color: colours.green }), zIndex: 0 });
  const water = new Style({ fill: new Fill({ color: colours.water }), zIndex: 1 });
  const stream = new Style({ stroke: new Stroke({ color: colours.water, lineCap: 'round', lineJoin: 'round' }), zIndex: 1 });
  return (feature, resolution) => {
    if (feature.get('kind') === 'green') return green;
    if (!feature.getGeometry().getType().endsWith('LineString')) return water;
    stream.getStroke().setWidth(wide(resolution, { metres: 28, least: 1.1, most: 12 }));
    return stream;
  };
}

function roadStyle(ol, colours) {
  const { Style, Stroke } = ol.style;
  const line = (color, zIndex) => new Style({ stroke: new Stroke({ color, lineCap: 'round', lineJoin: 'round' }), zIndex });
  const looks = {
    major: [line(colours.road, 1), { metres: 34, least: 1.2, most: 9 }],
    minor: [line(colours.street, 0), { metres: 14, least: 0.8, most: 6 }],
  };
  return (feature, resolution) => {
    const way = feature.get('class');
    if (way !== 'major' && resolution > (feature.get('name') ? SHOWN.minor : SHOWN.lane)) return null;
    const [style, size] = looks[way] ?? looks.minor;
    style.getStroke().setWidth(wide(resolution, size));
    return style;
  };
}

// The width of something so many metres wide, in pixels, within what can still be seen and what would be in the way.
function wide(resolution, { metres, least, most }) {
  return Math.min(most, Math.max(least, metres / resolution));
}

function nameStyle(ol, colours) {
  const { Style, Fill, Stroke, Text, Circle } = ol.style;
  const text = (color, details) => new Text({
    font: `11px ${FONT}`,
    fill: new Fill({ color: colours[color] }),
    stroke: new Stroke({ color: colours.halo, width: 3 }),
    ...details,
  });
  const along = { placement: 'line', maxAngle: Math.PI / 5, repeat: 420 };
  const dot = new Circle({ radius: 2, fill: new Fill({ color: colours['road-name'] }) });
  const looks = {
    major: new Style({ text: text('road-name', along), zIndex: 3 }),
    minor: new Style({ text: text('road-name', along), zIndex: 1 }),
    green: new Style({ text: text('green-name', { overflow: false }), zIndex: 2 }),
    place: new Style({ text: text('road-name', { offsetY: -9 }), image: dot, zIndex: 0 }),
    water: new Style({ text: text('water-name', { font: `italic 12px ${FONT}`, overflow: false }), zIndex: 4 }),
    stream: new Style({ text: text('water-name', { ...along, font: `italic 11px ${FONT}`, repeat: 700 }), zIndex: 2 }),
  };
  return (feature, resolution) => {
    const kind = feature.get('kind') === 'road' ? feature.get('class') : feature.get('kind');
    if (resolution > (NAMED[kind] ?? NAMED.minor)) return null;
    const isStream = kind === 'water' && feature.getGeometry().getType().endsWith('LineString');
    if (isStream && resolution > NAMED.major) return null;
    const style = looks[isStream ? 'stream' : kind] ?? looks.minor;
    style.getText().setText(feature.get('name'));
    return style;
  };
}
