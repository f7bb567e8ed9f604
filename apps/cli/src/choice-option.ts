/** Options that are one of a few names: refused with the nearest one, before any work is done with them. */
import { nearestName, raise } from "@nacre/core";

/** @throws FailureError bad-usage */
export function choiceOption<Name extends string>(text: string, name: string, choices: readonly Name[]): Name {
  const chosen = choices.find((choice) => choice === text);
  if (chosen !== undefined) return chosen;
  const near = nearestName(text, choices);
  return raise("bad-usage", {
    expected: `${name}: ${choices.join(" or ")}`,
    received: text,
    remedy: near === null ? `correct ${name}` : `did you mean ${name} ${near}?`,
  });
}

/** --colour: pixels as they are stored, or in sRGB. */
export const COLOURS = ["stored", "srgb"] as const;
