/**
 * Pen marks: ink that people put on the glass.
 * Haematoxylin, eosin and DAB all absorb green at least as strongly as one other channel, so a saturated pixel whose
 * smallest channel is not green, or a pure red, or a dark grey, cannot be a stain. Marker pens leave exactly those.
 */

/** True where a pixel (0..255 each, under white light) has a colour that only ink has: green, blue, red or black pen. */
export function isInk(r: number, g: number, b: number): boolean {
  const max = r > g ? (r > b ? r : b) : g > b ? g : b;
  const range = max - (r < g ? (r < b ? r : b) : g < b ? g : b);
  if (max < 80 && range < 40) return true;
  if (range < 40) return false;
  if (g > r + 18 && g > b - 40 && g >= b * 0.8 && range > 45) return true;
  if (r < g && b > g && range > 80) return true;
  // Blood is as saturated as red ink, but bluer: its blue lies well above its green.
  return r === max && g < 0.33 * r && (Math.abs(b - g) < 0.14 * r || max < 80);
}
