// How areas, cases and chosen places are drawn. Colours come from the page's tokens, so light, dark and wall follow.
// Every state has its own shape as well as its colour: late a triangle, due soon a square, in time a disc, done a ring.

const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
const STATES = ['late', 'due_soon', 'in_time', 'done'];

export function palette(element) {
  const style = getComputedStyle(element);
  const read = (name) => style.getPropertyValue(name).trim();
  return {
    area: read('--ld-map-area'),
    line: read('--ld-map-line'),
    label: read('--ld-map-label'),
    halo: read('--ld-map-halo'),
    accent: read('--ld-accent-fill'),
    ring: read('--ld-focus'),
    late: read('--ld-red-fill'),
    due_soon: read('--ld-amber-fg'),
    in_time: read('--ld-blue-fg'),
    done: read('--ld-green-fg'),
  };
}

const AREAS = {
  town: { width: 1.75, dash: undefined, size: '600 13px' },
  community: { width: 0.9, dash: undefined, size: '12px' },
  grid: { width: 0.7, dash: [4, 4], size: '11px' },
};

// The land under the basemap.
export function groundStyle(ol, colours) {
  return new ol.style.Style({ fill: new ol.style.Fill({ color: colours.area }) });
}

export function areaStyle(ol, colours, level) {
  const look = AREAS[level];
  const { Style, Fill, Stroke, Text } = ol.style;
  const line = new Style({
    stroke: new Stroke({ color: colours.line, width: look.width, lineDash: look.dash }),
  });
  const name = new Style({
    text: new Text({
      font: `${look.size} ${FONT}`,
      fill: new Fill({ color: colours.label }),
      stroke: new Stroke({ color: colours.halo, width: 3 }),
      overflow: false,
    }),
  });
  return (feature) => {
    name.getText().setText(feature.get('name'));
    return [line, name];
  };
}

function shape(ol, colours, state, radius) {
  const { RegularShape, Circle, Fill, Stroke } = ol.style;
  const fill = new Fill({ color: colours[state] });
  const stroke = new Stroke({ color: colours.halo, width: 1.5 });
  if (state === 'late') return new RegularShape({ points: 3, radius: radius + 2, fill, stroke });
  if (state === 'due_soon') return new RegularShape({ points: 4, radius: radius + 1, angle: Math.PI / 4, fill, stroke });
  if (state === 'in_time') return new Circle({ radius, fill, stroke });
  return new Circle({ radius, fill: new Fill({ color: colours.halo }), stroke: new Stroke({ color: colours.done, width: 2 }) });
}

export function caseStyle(ol, colours) {
  const { Style, Circle, Fill, Stroke, Text } = ol.style;
  const single = Object.fromEntries(STATES.map((state) => [state, new Style({ image: shape(ol, colours, state, 6) })]));
  const kept = new Map();
  return (bundle) => {
    const cases = bundle.get('features');
    const worst = STATES.find((state) => cases.some((feature) => feature.get('state') === state)) ?? 'in_time';
    if (cases.length === 1) return single[worst];
    const key = `${worst}${cases.length}`;
    if (!kept.has(key)) {
      const radius = 11 + Math.min(8, Math.log2(cases.length));
      kept.set(key, new Style({
        image: new Circle({ radius, fill: new Fill({ color: colours.halo }), stroke: new Stroke({ color: colours[worst], width: 3 }) }),
        text: new Text({ text: String(cases.length), font: `600 12px ${FONT}`, fill: new Fill({ color: colours.label }) }),
      }));
    }
    return kept.get(key);
  };
}

export function chosenStyle(ol, colours) {
  const { Style, Circle, Fill, Stroke, Text } = ol.style;
  return (feature) => [
    new Style({ image: new Circle({ radius: 13, stroke: new Stroke({ color: colours.halo, width: 6 }) }) }),
    new Style({ image: new Circle({ radius: 13, stroke: new Stroke({ color: colours.ring, width: 3 }) }) }),
    new Style({
      image: new Circle({ radius: 5, fill: new Fill({ color: colours.accent }), stroke: new Stroke({ color: colours.halo, width: 2 }) }),
      text: new Text({
        text: feature.get('name') ?? '',
        offsetY: -23,
        font: `600 12px ${FONT}`,
        fill: new Fill({ color: colours.label }),
        stroke: new Stroke({ color: colours.halo, width: 4 }),
      }),
    }),
  ];
}
