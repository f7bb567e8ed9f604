/**
 * Identifiers that name their patient: TCGA barcodes (TCGA-TT-PPPP...: tissue source code, participant), CPTAC cases
 * (C3L-00001, C3N-00001, and the older form 11LU013), and the nodes of CAMELYON17 (patient_044_node_2).
 */

export interface Barcode {
  /** The part that is the person, in the programme's own spelling. */
  readonly patient: string;
  readonly programme: "TCGA" | "CPTAC" | "CAMELYON17";
  /** Tissue source code of TCGA, null elsewhere: CPTAC does not say who collected the tissue. */
  readonly source: string | null;
}

const TCGA = /(?<![A-Z0-9])TCGA-([A-Z0-9]{2})-([A-Z0-9]{4})(?![A-Z0-9])/i;
const CPTAC = /(?<![A-Z0-9])(C3[LN]-\d{5}|\d{2}(?:BR|CO|LU|OV|UC|PD|HN|GB|CC|LS|CM)\d{3})(?![A-Z0-9])/i;
const NODE = /(?<![A-Z0-9])(patient_\d{3})_node_\d(?!\d)/i;

/** The barcode inside a slide name, path or id; null where there is none. */
export function barcodeOf(text: string): Barcode | null {
  const tcga = TCGA.exec(text);
  if (tcga !== null) {
    const [whole, source = ""] = tcga;
    return { patient: whole.toUpperCase(), programme: "TCGA", source: source.toUpperCase() };
  }
  const cptac = CPTAC.exec(text)?.[1];
  if (cptac !== undefined) return { patient: cptac.toUpperCase(), programme: "CPTAC", source: null };
  const node = NODE.exec(text)?.[1];
  return node === undefined ? null : { patient: node.toLowerCase(), programme: "CAMELYON17", source: null };
}
