// The forms beside the map: which areas they name, and the step they make. A form that is not complete says so
// here, before the server is asked; what may be drawn is for the server to say.
import { say } from './words.js';

export class Incomplete extends Error {}

// areas: Map of code → {code, parent, level, name}
export function areaNamed(areas, text) {
  const asked = text.trim();
  if (areas.has(asked)) return areas.get(asked);
  const [first] = asked.split(/\s/);
  if (areas.has(first)) return areas.get(first);
  const named = [...areas.values()].filter((area) => area.name === asked);
  return named.length === 1 ? named[0] : null;
}

export function needArea(areas, field) {
  const text = field.value.trim();
  if (!text) throw new Incomplete(say('no_area'));
  const found = areaNamed(areas, text);
  if (!found) throw new Incomplete(say('no_such_area', { text }));
  return found.code;
}

const MOST_CHARACTERS = 5e6; // what the server takes as one step

// A pasted geometry, feature, or collection of one feature.
export function pasted(text) {
  if (text.length > MOST_CHARACTERS) throw new Incomplete(say('too_much'));
  let content;
  try {
    content = JSON.parse(text);
  } catch {
    throw new Incomplete(say('bad_json'));
  }
  const geometry = content?.features?.[0]?.geometry ?? content?.geometry ?? content;
  if (!['Polygon', 'MultiPolygon'].includes(geometry?.type) || !Array.isArray(geometry.coordinates)) {
    throw new Incomplete(say('bad_json'));
  }
  return geometry;
}

export function lineOf(form) {
  const numbers = ['lon1', 'lat1', 'lon2', 'lat2'].map((name) => Number.parseFloat(form.elements[name].value));
  if (numbers.some(Number.isNaN)) throw new Incomplete(say('bad_points'));
  return { type: 'LineString', coordinates: [numbers.slice(0, 2), numbers.slice(2)] };
}

// The cut through the middle of an extent of the map, north to south ('ns') or east to west ('ew').
export function halving(extent, direction) {
  const [west, south, east, north] = extent;
  const [x, y] = [(west + east) / 2, (south + north) / 2];
  const [across, up] = [(east - west) / 20, (north - south) / 20];
  return direction === 'ns' ? [[x, south - up], [x, north + up]] : [[west - across, y], [east + across, y]];
}

const value = (form, name) => form.elements[name].value.trim();

function needOutline(draft) {
  const outline = draft.outline;
  if (!outline || !outline.type.endsWith('Polygon')) throw new Incomplete(say('no_outline'));
  return outline;
}

// tool → (form, {areas, draft, chosen}) → the step to post
export const STEPS = {
  split(form, { areas, draft }) {
    const line = draft.outline;
    if (line?.type !== 'LineString') throw new Incomplete(say('no_line'));
    const names = value(form, 'names').split(/[、,，;；]/).map((name) => name.trim()).filter(Boolean);
    return { do: 'split', area: needArea(areas, form.elements.area), line, ...(names.length ? { names } : {}) };
  },
  merge(form, { chosen }) {
    if (chosen.size < 2) throw new Incomplete(say('two_areas'));
    return { do: 'merge', areas: [...chosen], name: value(form, 'name'), name_en: value(form, 'name_en') };
  },
  reshape(form, { areas, draft }) {
    const area = needArea(areas, form.elements.area);
    return { do: 'reshape', area, outline: needOutline(draft), neighbours: form.elements.neighbours.checked };
  },
  add(form, { areas, draft }) {
    const parent = needArea(areas, form.elements.parent);
    const code = value(form, 'code');
    const step = { do: 'add', parent, name: value(form, 'name'), name_en: value(form, 'name_en'), outline: needOutline(draft) };
    return code ? { ...step, code } : step;
  },
  rename(form, { areas }) {
    const area = needArea(areas, form.elements.area);
    return { do: 'rename', area, name: value(form, 'name'), name_en: value(form, 'name_en') };
  },
  end(form, { areas }) {
    return { do: 'end', area: needArea(areas, form.elements.area) };
  },
  overlay(form, { areas, draft }) {
    const plain = Object.fromEntries(['layer', 'code', 'name', 'name_en', 'since_on'].map((name) => [name, value(form, name)]));
    return { ...plain, area: needArea(areas, form.elements.area), outline: needOutline(draft) };
  },
};
