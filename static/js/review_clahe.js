// Contrast limited adaptive histogram equalisation (Zuiderveld 1994) of a picture's brightness; colours keep their hue.

const TILES = 8; // along each side, fewer where a tile would be smaller than this many pixels:
const SMALLEST_TILE = 24;
const LIMIT = 3; // times the even share of a grey level that it may keep in a tile

/** Brightness of a pixel, 0 to 255. @param {Uint8ClampedArray} rgba @param {number} at */
const light = (rgba, at) => (77 * rgba[at] + 150 * rgba[at + 1] + 29 * rgba[at + 2]) >> 8;

/**
 * For each tile a table from old to new brightness. Transparent pixels count for nothing.
 * @param {Uint8ClampedArray} rgba @param {number} width @param {number} height @param {number} across @param {number} down
 */
function tables(rgba, width, height, across, down) {
  const maps = new Uint8Array(across * down * 256);
  const counts = new Float32Array(256);
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < across; column++) {
      const [left, right] = [column, column + 1].map((n) => Math.floor((n * width) / across));
      const [top, bottom] = [row, row + 1].map((n) => Math.floor((n * height) / down));
      counts.fill(0);
      let seen = 0;
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) {
          const at = 4 * (y * width + x);
          if (rgba[at + 3] < 128) continue;
          counts[light(rgba, at)]++;
          seen++;
        }
      }
      const map = maps.subarray(256 * (row * across + column), 256 * (row * across + column + 1));
      const most = (LIMIT * seen) / 256;
      let over = 0;
      for (let n = 0; n < 256; n++) {
        if (counts[n] > most) {
          over += counts[n] - most;
          counts[n] = most;
        }
      }
      let sum = 0;
      for (let n = 0; n < 256; n++) {
        sum += counts[n] + over / 256;
        map[n] = seen ? Math.round((255 * sum) / seen) : n;
      }
    }
  }
  return maps;
}

/**
 * Equalise in place.
 * @param {Uint8ClampedArray} rgba four bytes a pixel, row by row @param {number} width @param {number} height
 */
export function equalise(rgba, width, height) {
  const across = Math.max(1, Math.min(TILES, Math.floor(width / SMALLEST_TILE)));
  const down = Math.max(1, Math.min(TILES, Math.floor(height / SMALLEST_TILE)));
  const maps = tables(rgba, width, height, across, down);
  for (let y = 0; y < height; y++) {
    const v = Math.max(0, Math.min(down - 1, ((y + 0.5) * down) / height - 0.5));
    const [above, dv] = [Math.floor(v), v - Math.floor(v)];
    const below = Math.min(down - 1, above + 1);
    for (let x = 0; x < width; x++) {
      const at = 4 * (y * width + x);
      if (rgba[at + 3] === 0) continue;
      const u = Math.max(0, Math.min(across - 1, ((x + 0.5) * across) / width - 0.5));
      const before = u | 0;
      const du = u - before;
      const after = before + 1 < across ? before + 1 : before;
      const old = light(rgba, at);
      const upper = maps[256 * (above * across + before) + old] * (1 - du) + maps[256 * (above * across + after) + old] * du;
      const lower = maps[256 * (below * across + before) + old] * (1 - du) + maps[256 * (below * across + after) + old] * du;
      const gain = (upper * (1 - dv) + lower * dv + 1) / (old + 1);
      rgba[at] *= gain;
      rgba[at + 1] *= gain;
      rgba[at + 2] *= gain;
    }
  }
}

/** A canvas with the picture equalised. @param {HTMLImageElement} img a decoded picture of our own address */
export function equalised(img) {
  const canvas = document.createElement("canvas");
  canvas.width = img.naturalWidth;
  canvas.height = img.naturalHeight;
  canvas.className = "worked";
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  pen.drawImage(img, 0, 0);
  const pixels = pen.getImageData(0, 0, canvas.width, canvas.height);
  equalise(pixels.data, canvas.width, canvas.height);
  pen.putImageData(pixels, 0, 0);
  return canvas;
}
