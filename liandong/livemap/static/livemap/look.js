// How cases, bubbles, hexagons, shares and layers are drawn. Colours come from the page's tokens; every state has its
// own shape as well, and every shade its number on pointing at it.
import { palette as basic } from '../web/map-style.js';

const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
const SHADES = 5;

export function palette(element) {
  const style = getComputedStyle(element);
  const read = (name) => style.getPropertyValue(name).trim();
  return { ...basic(element), heat: Array.from({ length: SHADES }, (_one, step) => read(`--lm-heat-${step + 1}`)), tone: (tone) => read(`--ld-${tone}-fg`) };
}

function shape(ol, colours, state) {
  const { RegularShape, Circle, Fill, Stroke } = ol.style;
  const fill = new Fill({ color: colours[state] });
  const stroke = new Stroke({ color: colours.halo, width: 1.5 });
  if (state === 'late') return new RegularShape({ points: 3, radius: 8, fill, stroke });
  if (state === 'due_soon') return new RegularShape({ points: 4, radius: 7, angle: Math.PI / 4, fill, stroke });
  if (state === 'in_time') return new Circle({ radius: 6, fill, stroke });
  return new Circle({ radius: 5, fill: new Fill({ color: colours.halo }), stroke: new Stroke({ color: colours.done, width: 2 }) });
}

// Bubbles grow with the logarithm of what they hold.
function radiusOf(cases) {
  return 12 + Math.min(14, 2.2 * Math.log2(cases));
}

// How many pixels around its point a feature is touched.
export function reach(feature) {
  const cases = feature.get('cases');
  return cases === undefined ? 10 : radiusOf(cases) + 2;
}

// The share of late ones is an arc of the rim.
function bubble(ol, colours, cases, late) {
  const radius = radiusOf(cases);
  const size = 2 * (radius + 3);
  const scale = Math.min(2, window.devicePixelRatio);
  const canvas = Object.assign(document.createElement('canvas'), { width: size * scale, height: size * scale });
  const pen = canvas.getContext('2d');
  pen.scale(scale, scale);
  pen.translate(size / 2, size / 2);
  pen.beginPath();
  pen.arc(0, 0, radius, 0, 2 * Math.PI);
  pen.fillStyle = colours.halo;
  pen.fill();
  pen.lineWidth = 4;
  pen.strokeStyle = colours.in_time;
  pen.stroke();
  if (late) {
    pen.beginPath();
    pen.arc(0, 0, radius, -Math.PI / 2, -Math.PI / 2 + (2 * Math.PI * late) / cases);
    pen.lineWidth = 5;
    pen.strokeStyle = colours.late;
    pen.stroke();
  }
  return new ol.style.Icon({ img: canvas, width: size, height: size });
}

export function short(cases) {
  if (cases < 10000) return String(cases);
  return cases < 1e6 ? `${Math.round(cases / 1000)}k` : `${(cases / 1e6).toFixed(1)}M`;
}

export function caseStyles(ol, colours) {
  const { Style, Text, Fill } = ol.style;
  const single = Object.fromEntries(['late', 'due_soon', 'in_time', 'done'].map((state) => [state, new Style({ image: shape(ol, colours, state) })]));
  const kept = new Map();
  return (feature) => {
    const cases = feature.get('cases');
    if (cases === undefined) return single[feature.get('state')] ?? single.in_time;
    const late = feature.get('late');
    const key = `${cases}/${Math.ceil((12 * late) / cases)}`;
    if (!kept.has(key)) {
      if (kept.size > 2000) kept.clear();
      const text = new Text({ text: short(cases), font: `600 12px ${FONT}`, fill: new Fill({ color: colours.label }) });
      kept.set(key, new Style({ image: bubble(ol, colours, cases, late), text, zIndex: -Math.log2(cases) }));
    }
    return kept.get(key);
  };
}

// The shade of a count among all counts: equal steps of the logarithm, so that one crowded spot does not pale the rest.
export function shadeOf(cases, most) {
  if (!cases) return -1;
  return Math.min(SHADES - 1, Math.floor((SHADES * Math.log2(1 + cases)) / Math.log2(2 + most)));
}

// The least and the most that each shade stands for; shades that stand for nothing are left out.
export function shadeRanges(most) {
  const found = [];
  for (let cases = 1; cases <= most;) {
    const shade = shadeOf(cases, most);
    let last = Math.max(cases, Math.floor((2 + most) ** ((shade + 1) / SHADES)) - 1);
    while (last > cases && shadeOf(last, most) > shade) last -= 1;
    while (last < most && shadeOf(last + 1, most) === shade) last += 1;
    found.push({ shade, least: cases, most: Math.min(last, most) });
    cases = last + 1;
  }
  return found;
}

export function shadeStyles(ol, colours, most) {
  const { Style, Fill, Stroke } = ol.style;
  const styles = colours.heat.map((colour) => new Style({ fill: new Fill({ color: colour }), stroke: new Stroke({ color: colours.halo, width: 0.75 }) }));
  return (feature) => styles[shadeOf(feature.get('cases'), most())];
}

export function layerStyle(ol, colours, tone, isArea) {
  const { Style, Fill, Stroke, Circle, Text } = ol.style;
  const colour = colours.tone(tone);
  const text = new Text({ font: `12px ${FONT}`, offsetY: isArea ? 0 : 14, fill: new Fill({ color: colours.label }), stroke: new Stroke({ color: colours.halo, width: 3 }) });
  const style = isArea
    ? new Style({ stroke: new Stroke({ color: colour, width: 1.5, lineDash: [6, 4] }), fill: new Fill({ color: 'rgba(0, 0, 0, 0.02)' }), text })
    : new Style({ image: new Circle({ radius: 6, fill: new Fill({ color: colours.halo }), stroke: new Stroke({ color: colour, width: 3 }) }), text });
  return (feature) => {
    text.setText(feature.get('name'));
    return style;
  };
}

export function toolStyle(ol, colours) {
  const { Style, Fill, Stroke, Circle } = ol.style;
  return new Style({
    stroke: new Stroke({ color: colours.ring, width: 2.5 }),
    fill: new Fill({ color: 'rgba(47, 123, 208, 0.12)' }),
    image: new Circle({ radius: 5, fill: new Fill({ color: colours.ring }), stroke: new Stroke({ color: colours.halo, width: 1.5 }) }),
  });
}
