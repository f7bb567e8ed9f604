/** Names of things. A slide's id is its path inside the slides folder, made safe to use as a file name. */

declare const of: unique symbol;
type Id<T extends string> = string & { readonly [of]: T };
export type SlideId = Id<"slide">;
export type PatientId = Id<"patient">;
export type CaseId = Id<"case">;
export type SiteId = Id<"site">;

const EXTENSION = /\.(ome\.tiff?|svs|tiff?|ndpi|scn|bif|mrxs|czi|vsi|dcm|zarr|dzi|jpe?g|png|h5|hdf5|pt|pth)$/i;

/** A path without the extension of a slide or feature file. Only known ones are taken off: ids contain dots. */
export function withoutExtension(path: string): string {
  return path.replace(EXTENSION, "");
}

/**
 * Slide id of a slide column: the path without its extension, `/` (and `\`) written `__`.
 * A folder may end in `/`. Only known extensions are taken off, since ids such as `TCGA-AA-0001-01Z-00-DX1.uuid` contain dots.
 */
export function slideIdOf(path: string): SlideId {
  return withoutExtension(path.trim().replace(/[/\\]+$/, ""))
    .replace(/^\.[/\\]/, "")
    .replace(/[/\\]/g, "__") as SlideId;
}

export const patientId = (text: string): PatientId => text as PatientId;
export const caseId = (text: string): CaseId => text as CaseId;
export const siteId = (text: string): SiteId => text as SiteId;
