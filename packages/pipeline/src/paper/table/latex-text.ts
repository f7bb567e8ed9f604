/**
 * Any text as LaTeX that prints that text: special characters, ligatures that would change it, and signs that pdfTeX does not know
 * without further packages. Letters beyond ASCII stay as they are (UTF-8 is the default of LaTeX since 2018).
 */

const ESCAPED: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  $: "\\$",
  "&": "\\&",
  "#": "\\#",
  "%": "\\%",
  _: "\\_",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  '"': "\\char34{}",
  "`": "\\char96{}",
  "'": "\\char39{}",
  "[": "{[}",
  "]": "{]}",
  "*": "{*}",
  "\u00a0": "~",
  "\u2212": "$-$",
  "–": "--",
  "—": "---",
  "…": "\\ldots{}",
  "‘": "`",
  "’": "'",
  "“": "``",
  "”": "''",
  "±": "$\\pm$",
  "×": "$\\times$",
  "≤": "$\\leq$",
  "≥": "$\\geq$",
  µ: "$\\mu$",
  μ: "$\\mu$",
  "²": "$^2$",
  "³": "$^3$",
  "°": "$^\\circ$",
};

/** The text, escaped; white space and control characters become single spaces. */
export function latexText(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+| {2,}/gu, " ")
    .trim()
    .replace(/(-(?=-)|[?!](?=[`‘]))|[µμ²³]|[^\p{L}\p{N} ]/gu, (c, joint?: string) =>
      joint === undefined ? (ESCAPED[c] ?? c) : `${c}{}`,
    );
}
