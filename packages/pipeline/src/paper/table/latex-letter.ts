/**
 * Signs beyond ASCII, so that a table compiles in any document: pdfTeX stops at a letter it has no font for, and whether it
 * has one depends on the author's preamble. Greek becomes mathematics; letters that only the T1 fonts hold are set in
 * them; whatever else pdfTeX may not know is looked up while it runs, and stands there as its number where it is not
 * known. LuaTeX and XeTeX take every letter as it is.
 */

/** What prints everywhere since LaTeX took UTF-8 as its default (2018). */
const ALWAYS = /^[\u00c0-\u00cf\u00d1-\u00dd\u00df-\u00ef\u00f1-\u00fd\u00ff-\u017e]$/;
const ONLY_T1 = "«»ÐÞðþĄąĐđĘęĮįŊŋŲųǪǫ‚„‹›";
/** Within the range of `ALWAYS`, and yet in no font that LaTeX loads by itself. */
const NOT_AT_ALL = "ĦħĸĿŀŉŦŧ";

const MATHS: Readonly<Record<string, string>> = {
  "\u2212": "-",
  "±": "\\pm",
  "×": "\\times",
  "≤": "\\leq",
  "≥": "\\geq",
  "≠": "\\neq",
  "≈": "\\approx",
  "∞": "\\infty",
  "√": "\\surd",
  "→": "\\rightarrow",
  "←": "\\leftarrow",
  "²": "^2",
  "³": "^3",
  "°": "^\\circ",
  µ: "\\mu",
};

const GREEK = {
  from: 0x3b1,
  small:
    "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi o pi rho varsigma sigma tau upsilon varphi chi psi omega",
  large: "A B Gamma Delta E Z H Theta I K Lambda M N Xi O Pi P - Sigma T Upsilon Phi X Psi Omega",
};

/** One sign beyond ASCII as LaTeX. `sign` is one code point of text in normal form C. */
export function latexLetter(sign: string): string {
  const maths = MATHS[sign] ?? greek(sign);
  if (maths !== null) return `$${maths}$`;
  if (ONLY_T1.includes(sign))
    return `\\ifdefined\\Umathcode ${sign}\\else{\\fontencoding{T1}\\selectfont ${sign}}\\fi{}`;
  if (ALWAYS.test(sign) && !NOT_AT_ALL.includes(sign)) return sign;
  const number = (sign.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0");
  // `u8:` and the bytes of the letter is the name under which LaTeX keeps what a letter stands for.
  const known = `\\ifcsname u8:\\detokenize{${sign}}\\endcsname ${sign}\\else{[}U+${number}{]}\\allowbreak\\fi`;
  return `\\ifdefined\\Umathcode ${sign}\\else${known}\\fi{}`;
}

function greek(sign: string): string | null {
  const place = (sign.codePointAt(0) as number) - GREEK.from;
  const name = GREEK.small.split(" ")[place] ?? GREEK.large.split(" ")[place + 32];
  if (name === undefined || name === "-") return null;
  return name.length === 1 ? name : `\\${name}`;
}
