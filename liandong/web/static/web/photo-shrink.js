// A photo made small before it is kept or sent: at most 1,600 px on its longer side, JPEG, turned the right way up, and
// without anything of what the camera wrote into it (Exif, GPS, serial numbers): the pixels are drawn anew.
//
//   const photo = await shrink(file);                       // for citizens: nothing else is read
//   const photo = await shrink(file, { withCapture: true }) // staff's proof of work: also {takenAt, lon, lat}, as the
//                                                           // camera claims; they go as fields, the server compares
//   → {blob, name, width, height, takenAt?, lon?, lat?}
//
// Raises NotAPhoto where the browser cannot open it.
import { captureOf } from './exif.js';

const LONGEST_PX = 1600;
const QUALITY = 0.82;
const HEAD_BYTES = 262_144; // Exif stands in the first 64 KB or, behind a colour profile, a little later

export class NotAPhoto extends Error {
  constructor(file, cause) {
    super(`not a photo this browser can open: ${file.type || 'unknown type'}`, { cause });
    this.name = 'NotAPhoto';
  }
}

export async function shrink(file, { longest = LONGEST_PX, quality = QUALITY, withCapture = false } = {}) {
  const image = await opened(file);
  const scale = Math.min(1, longest / Math.max(image.width, image.height));
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const canvas = canvasOf(width, height);
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#fff'; // JPEG knows no transparency; black would be a surprise
  pen.fillRect(0, 0, width, height);
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(image, 0, 0, width, height);
  image.close?.();
  const blob = await jpegOf(canvas, quality);
  const name = `${(file.name || 'photo').replace(/\.[^.]*$/, '')}.jpg`;
  const capture = withCapture ? captureOf(await file.slice(0, HEAD_BYTES).arrayBuffer()) : {};
  return { blob, name, width, height, ...capture };
}

async function opened(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch (error) {
    throw new NotAPhoto(file, error);
  }
}

function canvasOf(width, height) {
  if (typeof OffscreenCanvas !== 'undefined') return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement('canvas'), { width, height });
}

function jpegOf(canvas, quality) {
  if (canvas.convertToBlob) return canvas.convertToBlob({ type: 'image/jpeg', quality });
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the canvas is empty'))), 'image/jpeg', quality);
  });
}
