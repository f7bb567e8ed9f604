/**
 * Oklab, a colour space in which equal steps look equal (Ottosson 2020, "A perceptual color space for image processing").
 * Only the way from Oklab to sRGB is needed: colour scales are drawn in Oklab and shown in sRGB.
 */

export type Rgb = readonly [r: number, g: number, b: number];

/** Lightness 0..1, chroma, hue in degrees → sRGB 0..255. Chroma is reduced until the colour exists in sRGB. */
export function oklchToRgb(lightness: number, chroma: number, hue: number): Rgb {
  const radians = (hue * Math.PI) / 180;
  for (let c = chroma; ; c -= 0.004) {
    const linear = oklabToLinear(lightness, c * Math.cos(radians), c * Math.sin(radians));
    if (c <= 0 || linear.every((v) => v >= -1e-4 && v <= 1 + 1e-4)) {
      return [encode(linear[0]), encode(linear[1]), encode(linear[2])];
    }
  }
}

function oklabToLinear(lightness: number, a: number, b: number): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

/** The sRGB transfer curve (IEC 61966-2-1), 0..1 → 0..255. */
function encode(linear: number): number {
  const v = Math.min(1, Math.max(0, linear));
  return Math.round(255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055));
}
