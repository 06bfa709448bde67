// How areas, overlays, faults and what is being drawn look. Colours come from the page's tokens, so light and dark
// follow. A state has its own line as well as its colour: chosen a thick line, a fault a broken one.

const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
const LINES = { town: 2.5, community: 1.5, grid: 0.8 };
const SIZES = { town: '600 14px', community: '600 12px', grid: '11px' };
const FAR = { town: Infinity, community: 30, grid: 14 }; // metres a pixel
const [HAN_PX, LATIN_PX, LINE_PX] = [12, 6.5, 16];
const LEVELS = ['town', 'community', 'grid'];

export function palette(element) {
  const style = getComputedStyle(element);
  const token = (name) => style.getPropertyValue(`--ld-${name}`).trim();
  return {
    area: token('map-area'),
    line: token('map-line'),
    label: token('map-label'),
    halo: token('map-halo'),
    accent: token('accent-fill'),
    focus: token('focus'),
    fresh: token('green-fg'),
    changed: token('amber-fg'),
    fault: token('red-fill'),
    road: token('violet-fg'),
    patrol: token('teal-fg'),
    surface: token('surface'),
  };
}

// Tokens are #rrggbb.
function clear(colour, part) {
  return `${colour}${Math.round(part * 255).toString(16).padStart(2, '0')}`;
}

// The land under all lines, paler where a plan may not draw.
export function groundStyle(ol, colours, shown) {
  const { Style, Fill } = ol.style;
  const within = new Style({ fill: new Fill({ color: colours.area }) });
  const outside = new Style({ fill: new Fill({ color: clear(colours.line, 0.35) }) });
  return (feature) => {
    const code = feature.get('code');
    return code.startsWith(shown.scope) || shown.scope.startsWith(code) ? within : outside;
  };
}

// shown: {level, chosen: Set of codes, scope}
export function areaStyle(ol, colours, level, shown) {
  const { Style, Fill, Stroke, Text } = ol.style;
  const paint = (part, colour) => new Fill({ color: clear(colour, part) });
  const colour = level === 'town' ? clear(colours.label, 0.6) : colours.line;
  const line = new Style({ stroke: new Stroke({ color: colour, width: LINES[level] }) });
  const rough = new Style({ stroke: new Stroke({ color: colours.line, width: LINES[level], lineDash: [5, 4] }) });
  const fresh = new Style({ fill: paint(0.2, colours.fresh), stroke: new Stroke({ color: colours.fresh, width: 2 }) });
  const changed = new Style({ fill: paint(0.18, colours.changed), stroke: new Stroke({ color: colours.changed, width: 2 }) });
  const chosen = new Style({ fill: paint(0.22, colours.focus), stroke: new Stroke({ color: colours.accent, width: 3 }), zIndex: 5 });
  const label = new Style({
    text: new Text({
      font: `${SIZES[level]} ${FONT}`,
      fill: new Fill({ color: colours.label }),
      stroke: new Stroke({ color: colours.halo, width: 3 }),
      overflow: false,
    }),
  });
  return (feature, resolution) => {
    const code = feature.get('code');
    const isWorked = level === shown.level;
    const styles = [];
    if (LEVELS.indexOf(level) <= LEVELS.indexOf(shown.level)) styles.push(feature.get('approximate') ? rough : line);
    if (isWorked && feature.get('is_new')) styles.push(fresh);
    else if (isWorked && feature.get('is_changed')) styles.push(changed);
    if (shown.chosen.has(code)) styles.push(chosen);
    if (level === namedAt(shown.level, resolution) || shown.chosen.has(code)) {
      const more = feature.get('is_new') || shown.chosen.has(code) ? [code.slice(-3)] : [];
      const [west, south, east, north] = feature.getGeometry().getExtent();
      label.getText().setText(folded(feature.get('name'), more, (east - west) / resolution, (north - south) / resolution));
      styles.push(label);
    }
    return styles;
  };
}

// From afar the names of smaller areas would not fit: those of the towns stand instead.
function namedAt(level, resolution) {
  return resolution > FAR[level] ? 'town' : level;
}

// A name and what follows it in lines that fit a box; nothing where they do not. Chinese breaks anywhere, other words
// at their spaces.
function folded(name, more, width, height) {
  const parts = name.match(/[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*/g) ?? [name];
  const lines = [''];
  let used = 0;
  for (const part of parts) {
    const wide = part.charCodeAt(0) >= 0x2e80 ? HAN_PX : part.length * LATIN_PX;
    if (used && used + wide > width - 8) {
      lines.push('');
      used = 0;
    }
    lines[lines.length - 1] += part;
    used += wide;
  }
  lines.push(...more);
  return lines.length <= 5 && lines.length * LINE_PX <= height ? lines.join('\n') : '';
}

export function overlayStyle(ol, colours, shown) {
  const { Style, Fill, Stroke, Text } = ol.style;
  const dashes = { road: [10, 5], patrol: [2, 5] };
  return (feature) => {
    const layer = feature.get('layer');
    if (!shown.layers.has(layer)) return null;
    return new Style({
      fill: new Fill({ color: clear(colours[layer], 0.1) }),
      stroke: new Stroke({ color: colours[layer], width: 2.5, lineDash: dashes[layer] }),
      text: new Text({
        text: feature.get('name'),
        font: `600 12px ${FONT}`,
        fill: new Fill({ color: colours[layer] }),
        stroke: new Stroke({ color: colours.halo, width: 4 }),
        overflow: true,
      }),
    });
  };
}

export function faultStyle(ol, colours) {
  const { Style, Fill, Stroke, Circle } = ol.style;
  const stroke = (width) => new Stroke({ color: colours.fault, width, lineDash: [6, 3] });
  const fill = new Fill({ color: clear(colours.fault, 0.35) });
  const image = new Circle({ radius: 7, fill, stroke: new Stroke({ color: colours.fault, width: 2 }) });
  const usual = new Style({ fill, stroke: stroke(2), image });
  const shown = new Style({ fill, stroke: stroke(5), image });
  return (feature) => (feature.get('shown') ? shown : usual);
}

export function draftStyle(ol, colours) {
  const { Style, Fill, Stroke, Circle } = ol.style;
  const dot = new Circle({ radius: 5, fill: new Fill({ color: colours.surface }), stroke: new Stroke({ color: colours.accent, width: 2 }) });
  const halo = new Style({ stroke: new Stroke({ color: colours.halo, width: 6 }) });
  const line = new Style({ fill: new Fill({ color: clear(colours.focus, 0.15) }), stroke: new Stroke({ color: colours.accent, width: 2.5 }), image: dot });
  const corners = new Style({ image: dot, geometry: (feature) => new ol.geom.MultiPoint(cornersOf(feature.getGeometry())) });
  return (feature) => {
    const geometry = feature.getGeometry();
    return geometry.getType() === 'Point' ? [line] : [halo, line, ...(countOf(geometry) <= 400 ? [corners] : [])];
  };
}

function cornersOf(geometry) {
  const size = geometry.getStride();
  const flat = geometry.getFlatCoordinates();
  const found = [];
  for (let at = 0; at < flat.length; at += size) found.push([flat[at], flat[at + 1]]);
  return found;
}

function countOf(geometry) {
  return geometry.getFlatCoordinates().length / geometry.getStride();
}
