// When and where a JPEG says it was taken. Exif 2.32 §4.5 (APP1, TIFF), §4.6.6 (GPS). Everything in it is a claim of the
// camera; a broken segment says nothing and never throws.

const ORIGINAL_TIME = 0x9003;
const ORIGINAL_OFFSET = 0x9011;
const EXIF = 0x8769;
const GPS = 0x8825;
const SIZES = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8 };

// {takenAt: '2026-03-02T09:30:00+08:00' | '2026-03-02T09:30:00' (no zone given) | '', lon, lat: degrees WGS-84 | null}
export function captureOf(buffer) {
  const nothing = { takenAt: '', lon: null, lat: null };
  try {
    const tiff = exifSegment(new DataView(buffer));
    return tiff ? read(tiff) : nothing;
  } catch {
    return nothing; // a RangeError of the DataView: an offset that leads out of the segment
  }
}

function exifSegment(view) {
  if (view.getUint16(0) !== 0xffd8) return null;
  let at = 2;
  while (view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    const length = view.getUint16(at + 2);
    if (marker === 0xe1 && view.getUint32(at + 4) === 0x45786966) {
      return new DataView(view.buffer, view.byteOffset + at + 10, length - 8);
    }
    if (marker === 0xda || length < 2) return null;
    at += 2 + length;
  }
  return null;
}

function read(view) {
  const little = view.getUint16(0) === 0x4949;
  const first = directory(view, view.getUint32(4, little), little);
  const exif = EXIF in first ? directory(view, first[EXIF][0], little) : {};
  const gps = GPS in first ? directory(view, first[GPS][0], little) : {};
  const time = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)$/.exec(exif[ORIGINAL_TIME] ?? '');
  const offset = /^[+-]\d\d:\d\d$/.test(exif[ORIGINAL_OFFSET] ?? '') ? exif[ORIGINAL_OFFSET] : '';
  const lat = degrees(gps[2], gps[1] === 'S');
  const lon = degrees(gps[4], gps[3] === 'W');
  const known = lat !== null && lon !== null && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
  return {
    takenAt: time ? `${time[1]}-${time[2]}-${time[3]}T${time[4]}${offset}` : '',
    lon: known ? lon : null,
    lat: known ? lat : null,
  };
}

function directory(view, start, little) {
  const found = {};
  const count = view.getUint16(start, little);
  for (let row = 0; row < count; row += 1) {
    const at = start + 2 + row * 12;
    const type = view.getUint16(at + 2, little);
    const number = view.getUint32(at + 4, little);
    const size = (SIZES[type] ?? 0) * number;
    if (!size || size > view.byteLength) continue;
    const place = size <= 4 ? at + 8 : view.getUint32(at + 8, little);
    found[view.getUint16(at, little)] = values(view, { place, type, number, little });
  }
  return found;
}

function values(view, { place, type, number, little }) {
  if (type === 2) {
    const bytes = new Uint8Array(view.buffer, view.byteOffset + place, number);
    return String.fromCharCode(...bytes).split('\0')[0].trim();
  }
  const one = (at) => {
    if (type === 3) return view.getUint16(at, little);
    if (type === 4) return view.getUint32(at, little);
    if (type === 5) return view.getUint32(at, little) / view.getUint32(at + 4, little);
    return view.getUint8(at);
  };
  return Array.from({ length: Math.min(number, 8) }, (_, index) => one(place + index * SIZES[type]));
}

function degrees(parts, isNegative) {
  if (!Array.isArray(parts) || parts.length < 3) return null;
  const whole = parts[0] + parts[1] / 60 + parts[2] / 3600;
  return Number.isFinite(whole) ? (isNegative ? -whole : whole) : null;
}
