/**
 * Markup that cannot be injected into: the template tag escapes every string and number put into it, and only another
 * Markup goes in as it is. There is no way from text to Markup but the tag itself and `trusted`, for our own constants.
 */

export interface Markup {
  readonly markup: string;
}

export type Content = Markup | string | number | null | false | readonly Content[];

const ENTITY: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text made safe inside elements and quoted attributes. Control characters that HTML forbids become U+FFFD. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']|\p{Cc}/gu, (c) => ENTITY[c] ?? (/\s/.test(c) ? c : "\ufffd"));
}

/** Template tag: markup of the literal parts and the escaped values. null and false give nothing; arrays are joined. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let out = parts[0] ?? "";
  for (let i = 0; i < values.length; i++) out += written(values[i] as Content) + (parts[i + 1] ?? "");
  return { markup: out };
}

/** Our own constant text as markup: style sheet and script. Never for anything that was read. */
export function trusted(markup: string): Markup {
  return { markup };
}

const DATA_IMAGE = /^data:image\/(png|jpeg|webp);base64,[A-Za-z0-9+/]/;

/** The address of a picture, which must lie inside the file. @throws TypeError for any other address */
export function imageSource(url: string): string {
  if (DATA_IMAGE.test(url)) return url;
  throw new TypeError(
    `expected a picture as data:image/png, jpeg or webp in base64, received "${url.slice(0, 40)}"; encode the picture first`,
  );
}

function written(value: Content): string {
  if (value === null || value === false) return "";
  if (typeof value === "string") return escapeHtml(value);
  if (typeof value === "number") return escapeHtml(finiteText(value));
  if ("markup" in value) return value.markup;
  return value.map(written).join("");
}

function finiteText(value: number): string {
  if (!Number.isFinite(value)) {
    throw new TypeError(`expected a finite number in the report, received ${value}; give null and a reason instead`);
  }
  return String(value);
}
