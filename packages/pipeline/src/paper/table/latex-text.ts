/**
 * Any text as LaTeX that prints that text: special characters, ligatures that would change it, and signs beyond ASCII
 * (`latex-letter.ts`). It compiles with every engine and needs no package.
 */
import { latexLetter } from "./latex-letter.ts";

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
  "–": "--",
  "—": "---",
  "…": "\\ldots{}",
  "‘": "`",
  "’": "'",
  "“": "``",
  "”": "''",
};

/** The text, escaped; white space and control characters become single spaces, signs without a shape are left out. */
export function latexText(text: string): string {
  return text
    .normalize("NFC")
    .replace(/(?:(?!\u00a0)[\p{Cc}\p{Z}])+/gu, " ")
    .replace(/\p{Cf}/gu, "")
    .replace(/\p{Cs}/gu, "\ufffd")
    .trim()
    .replace(/(-(?=-)|,(?=,)|[?!](?=[`‘]))|[^A-Za-z0-9 ]/gu, (c, joint?: string) => {
      if (joint !== undefined) return `${c}{}`;
      return ESCAPED[c] ?? (c > "~" ? latexLetter(c) : c);
    });
}
