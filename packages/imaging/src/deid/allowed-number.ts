/** Numbers of XML as they may be written: short ones as they stand, longer fractions rounded, so that no digits are left to hide in. */

const SHAPE = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?$/i;
const SHORT = 12;
const DIGITS = 9;

/** The number, or "" where the text is none. Written again it stays the same. */
export function allowedNumber(text: string): string {
  const trimmed = text.trim();
  if (trimmed.length > 32 || !SHAPE.test(trimmed)) return "";
  if (trimmed.length <= SHORT) return trimmed;
  return String(Number(Number(trimmed).toPrecision(DIGITS)));
}

/** A whole number of 0 to 7 digits, or "". */
export const allowedWhole = (text: string): string => (/^\d{1,7}$/.test(text.trim()) ? text.trim() : "");
