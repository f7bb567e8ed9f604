/**
 * Which letters a report as PDF can show. DejaVu has Latin, Greek, Cyrillic, Armenian, Georgian and symbols; pdfkit lays no text from
 * right to left, so those scripts stand as codes though the font has their letters: never as a gap, never in a wrong order.
 */
/** Whether a font has a letter. */
export type HasLetter = (code: number) => boolean;

/** Scripts that run from right to left or need their letters joined; marks that turn the direction; private letters. */
const UNSHOWN =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Nko}\p{Script=Syriac}\p{Script=Thaana}\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}]/u;

/** Text in letters that the font has; others stand as their code in brackets and are added to `replaced`. */
export function inLetters(text: string, has: HasLetter, replaced: Set<string>): string {
  return [...text.normalize("NFC").replaceAll("\r", "").replaceAll("\t", "    ")]
    .map((letter) => {
      const code = letter.codePointAt(0) ?? 0;
      if (letter === "\n" || (!UNSHOWN.test(letter) && has(code))) return letter;
      const shown = `[U+${code.toString(16).toUpperCase().padStart(4, "0")}]`;
      replaced.add(shown);
      return shown;
    })
    .join("");
}
