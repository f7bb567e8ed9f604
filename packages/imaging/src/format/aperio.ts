/**
 * What Aperio writes into ImageDescription: a first line of software and geometry, then `key = value` pairs between
 * bars. Only pairs are read; names follow the file.
 */

export interface AperioDescription {
  readonly properties: Readonly<Record<string, string>>;
  /** Micrometres per pixel, or null. Some locales write a decimal comma. */
  readonly mpp: number | null;
  readonly objective: number | null;
}

export const isAperio = (description: string): boolean => description.startsWith("Aperio");

export function readAperio(description: string): AperioDescription {
  const properties: Record<string, string> = {};
  for (const pair of description.split("|").slice(1)) {
    const at = pair.indexOf("=");
    if (at > 0) properties[`aperio.${pair.slice(0, at).trim()}`] = pair.slice(at + 1).trim();
  }
  return {
    properties,
    mpp: decimal(properties["aperio.MPP"]),
    objective: decimal(properties["aperio.AppMag"]),
  };
}

function decimal(text: string | undefined): number | null {
  if (text === undefined || text === "") return null;
  const value = Number(text.replace(",", "."));
  return Number.isFinite(value) ? value : null;
}
