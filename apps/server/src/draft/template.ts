/** What a template of a report is made of. Templates are data (`template.data.ts`): a new one is an entry there. */
import type { DraftField } from "@nacre/api";

export interface TemplateField {
  readonly name: string;
  readonly title: string;
  readonly kind: DraftField["kind"];
  readonly choices?: readonly string[];
  readonly unit?: string;
  /** Largest number that makes sense: of a share 100. None is below 0, and one without a unit is whole. */
  readonly most?: number;
  /** Of a count that is a part of another: the name of that field. */
  readonly partOf?: string;
  /** A report is not signed while it is empty. */
  readonly isNeeded?: true;
  /**
   * What a machine may write here: the number of slides it could read; the words of the model; or a choice, where the likeliest class of
   * the run is called as one of the choices or of these other names.
   */
  readonly fill?: "slides" | "answer" | { readonly choice: Readonly<Record<string, string>> };
}

export interface Template {
  readonly name: string;
  readonly title: string;
  readonly fields: readonly TemplateField[];
}

/** A field of a draft with nothing in it. */
export function emptyField({ name, title, kind, choices, unit, most, isNeeded }: TemplateField): DraftField {
  return {
    name,
    title,
    kind,
    ...(choices === undefined ? {} : { choices: [...choices] }),
    unit: unit ?? null,
    ...(most === undefined ? {} : { most }),
    ...(isNeeded === undefined ? {} : { isNeeded }),
    value: null,
    origin: "empty",
    evidence: null,
  };
}
