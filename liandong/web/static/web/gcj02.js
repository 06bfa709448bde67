// GCJ-02, the shifted datum of domestic maps, as in `kernel/datum.py`: degrees there and back, and a projection for
// OpenLayers under which tiles cut in GCJ-02 are drawn where they belong, so that our own data need not be shifted.
const [AXIS, ECCENTRICITY] = [6378245, 0.006693421622965943]; // Krasovsky 1940
const [WEST, EAST, SOUTH, NORTH] = [72.004, 137.8347, 0.8293, 55.8271]; // shifted inside this rectangle only
const MARGIN = 0.1; // no point is shifted by as much, in degrees
const ROUNDS = 6;
const HALF = Math.PI * 6378137; // of the Earth's girth in EPSG:3857
const radians = (degrees) => (degrees * Math.PI) / 180;

function inChina(lon, lat, margin = 0) {
  return WEST - margin <= lon && lon <= EAST + margin && SOUTH - margin <= lat && lat <= NORTH + margin;
}

function shifted(lon, lat) {
  const { PI, sin, cos, sqrt, abs } = Math;
  const [east, north] = [lon - 105, lat - 35];
  const ripple = 20 * sin(6 * PI * east) + 20 * sin(2 * PI * east);
  const metresNorth = -100 + 2 * east + 3 * north + 0.2 * north ** 2 + 0.1 * east * north + 0.2 * sqrt(abs(east))
    + ((ripple + 20 * sin(PI * north) + 40 * sin((PI * north) / 3)) * 2) / 3
    + ((160 * sin((PI * north) / 12) + 320 * sin((PI * north) / 30)) * 2) / 3;
  const metresEast = 300 + east + 2 * north + 0.1 * east ** 2 + 0.1 * east * north + 0.1 * sqrt(abs(east))
    + ((ripple + 20 * sin(PI * east) + 40 * sin((PI * east) / 3)) * 2) / 3
    + ((150 * sin((PI * east) / 12) + 300 * sin((PI * east) / 30)) * 2) / 3;
  const flattening = 1 - ECCENTRICITY * sin(radians(lat)) ** 2;
  const degreeNorth = radians((AXIS * (1 - ECCENTRICITY)) / flattening ** 1.5);
  const degreeEast = radians((AXIS / sqrt(flattening)) * cos(radians(lat)));
  return [lon + metresEast / degreeEast, lat + metresNorth / degreeNorth];
}

// toGcj02(113.75, 23.02) → [113.755194, 23.017277]
export function toGcj02(lon, lat) {
  return inChina(lon, lat) ? shifted(lon, lat) : [lon, lat];
}

// The way back, by guessing and correcting the miss.
export function fromGcj02(lon, lat) {
  if (!inChina(lon, lat, MARGIN)) return [lon, lat];
  let guess = [lon, lat];
  for (let round = 0; round < ROUNDS; round += 1) {
    const [east, north] = shifted(...guess);
    guess = [guess[0] + lon - east, guess[1] + lat - north];
  }
  return inChina(...guess) ? guess : [lon, lat];
}

// Registers the projection once: squares of the web Mercator, laid over GCJ-02 degrees.
export function registerGcj02(ol) {
  const known = ol.proj.get('GCJ-02');
  if (known) return known;
  const extent = [-HALF, -HALF, HALF, HALF];
  const projection = new ol.proj.Projection({ code: 'GCJ-02', units: 'm', extent, worldExtent: [-180, -85, 180, 85], global: true });
  ol.proj.addProjection(projection);
  const { toLonLat, fromLonLat } = ol.proj;
  ol.proj.addCoordinateTransforms('EPSG:4326', projection, (point) => fromLonLat(toGcj02(...point)), (point) => fromGcj02(...toLonLat(point)));
  ol.proj.addCoordinateTransforms(
    'EPSG:3857',
    projection,
    (point) => fromLonLat(toGcj02(...toLonLat(point))),
    (point) => fromLonLat(fromGcj02(...toLonLat(point))),
  );
  return projection;
}
