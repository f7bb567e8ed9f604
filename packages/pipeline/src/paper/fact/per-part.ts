/** Sentences part by part: external before internal, and of several tasks each under its name. */
import { estimateText, sentence } from "../../report/number-text.ts";
import type { Known } from "../known.ts";
import { judgedParts, type Named, type Reading, type ReadingPart } from "../reading/reading.ts";
import { readingsOf } from "../reading/readings.ts";

/** One sentence a part, of those that have something to say; null where none has. */
export function perPart(
  { card }: Pick<Known, "card">,
  say: (part: ReadingPart, reading: Reading) => string | null,
): string | null {
  const said = readingsOf(card).flatMap((reading) =>
    judgedParts(reading).flatMap((part) => {
      const text = say(part, reading);
      return text === null ? [] : [sentence(`${partName(reading, part)}: ${text}`)];
    }),
  );
  return said.length === 0 ? null : said.join(" ");
}

/** One sentence a question, of those that have something to say; of several tasks each under its name. */
export function perReading({ card }: Pick<Known, "card">, say: (reading: Reading) => string | null): string | null {
  const said = readingsOf(card).flatMap((reading) => {
    const text = say(reading);
    if (text === null || text === "") return [];
    return [reading.name === null ? text : `Task ${reading.name}: ${text}`];
  });
  return said.length === 0 ? null : said.join(" ");
}

/** "external", "task gene, external". */
export function partName({ name }: Reading, { role }: Pick<ReadingPart, "role">): string {
  return name === null ? role : `task ${name}, ${role}`;
}

/** "AUROC 0.9 (…), AUPRC 0.8 (…)"; null for none. */
export function measuresText(measures: readonly Named[]): string | null {
  const said = measures.map(({ name, estimate, digits }) => `${name} ${estimateText(estimate, digits)}`);
  return said.length === 0 ? null : said.join(", ");
}
