/**
 * A table that lacks columns, told with the columns that may be meant: other tools call the label `y_true` and the probability `y_prob`, write `P_Mut`,
 * or give the probability of one class alone. Nothing is renamed here; whoever made the table knows what a column holds.
 */
import { fail, nearestName, type Outcome } from "@nacre/core";
import type { Table } from "../study/parse-table.ts";
import { shown } from "./bad-cell.ts";

/** What other tools call our columns, in small letters without signs between. */
const KIN: Readonly<Record<string, RegExp>> = {
  patient:
    /^(patientid|patid|pid|case|caseid|casesubmitterid|submitterid|bcrpatientbarcode|subject|subjectid|participant|participantid|person|personid|id)$/,
  label: /^(labels|ytrue|true|truth|groundtruth|gt|target|targets|y|class|trueclass|truelabel|actual|outcome)$/,
  prediction: /^(pred|preds|predicted|yhat|ypred|output|value)$/,
  risk: /^(riskscore|hazard|loghazard|score|pred|prediction|output)$/,
  time: /^(t|ostime|os|pfstime|dfstime|survivaltime|survivaldays|survivalmonths|days|months|duration|followup)$/,
  event: /^(e|status|vitalstatus|osstatus|dead|death|deceased|censor|censored|censorship)$/,
};
/** A probability of one class, under the names that training scripts give it. */
const ONE_PROBABILITY =
  /^(p|prob|probs|probability|proba|score|scores|yprob|yproba|yscore|ypred|yhat|pred|preds|predprob|predictedprobability|positiveprobability|(p|prob|probability|score)(1|pos|positive|mut|mutated))$/;
const TCGA = /TCGA-[A-Z0-9]{2}-[A-Z0-9]{4}/i;

/** Columns `wanted` of which the table lacks some. `p_<class>` stands for the probabilities of classes. Failures: missing-column. */
export function missingColumns(wanted: readonly string[], table: Table): Outcome<never> {
  const names = wanted.map((name) => (name === CLASSES ? `two or more columns ${CLASSES}` : `a column \`${name}\``));
  const hints = wanted.flatMap((name) => (name === CLASSES ? probabilityHint(table) : columnHint(name, table)));
  const known = "see `nacre evaluate --help` for the columns of each kind of answer";
  return fail("missing-column", {
    expected: `${names.join(", and ")} in ${table.file}`,
    received: shownList(table.header),
    remedy: hints.length === 0 ? known : hints.join("; "),
  });
}

/** How the probabilities of all classes are asked for. */
export const CLASSES = "p_<class>";

function columnHint(name: string, table: Table): string[] {
  const { header } = table;
  const kin = KIN[name];
  const near =
    header.find((h) => h.toLowerCase() === name) ??
    header.find((h) => kin?.test(plain(h)) === true) ??
    nearestName(
      name,
      header.filter((h) => h !== "" && !h.startsWith("p_") && !OWN.has(h)),
    );
  if (near !== null) return [`if \`${shown(near)}\` is the ${name}, rename it to ${name}`];
  const coded = name === "patient" ? header.find((_, c) => TCGA.test(firstCell(table, c))) : undefined;
  return coded === undefined
    ? []
    : [`column \`${shown(coded)}\` holds TCGA barcodes: add a column patient with their first 12 characters`];
}

/** Names that mean something already and are never meant for another. */
const OWN = new Set(["slide", "patient", "site", "part", "fold", "label", "seed", "date", "scanner"]);

function probabilityHint(table: Table): string[] {
  const { header } = table;
  const capital = header.filter((h) => /^P_./.test(h));
  if (capital.length > 0) {
    const names = capital.slice(0, 3).map((h) => `\`${shown(h)}\` to \`p_${shown(h.slice(2))}\``);
    return [
      `the p of p_<class> is a small letter, and the class is written as in label: rename ${names.join(", ")}${capital.length > 3 ? " …" : ""}`,
    ];
  }
  const [first, second] = labelsOf(table);
  const lone = header.find((h) => h.startsWith("p_") && h.length > 2);
  if (lone !== undefined) {
    const own = lone.slice(2);
    const other =
      [first, second].find((label) => label !== undefined && label !== own) ?? (own === "1" ? "0" : "other");
    return [`\`${shown(lone)}\` is the probability of one class: add p_${shown(other)} = 1 - ${shown(lone)}`];
  }
  const found = header.find((h) => ONE_PROBABILITY.test(plain(h)));
  if (found === undefined) return [];
  const [no, yes] = second === undefined ? ["0", "1"] : [first, second];
  return [
    `if \`${shown(found)}\` is the probability of ${shown(yes)}, rename it to p_${shown(yes)} and add p_${shown(no)} = 1 - p_${shown(yes)}`,
  ];
}

/** The two labels of the table, in order; fewer where it has not exactly two. */
function labelsOf({ header, rows }: Table): string[] {
  const c = header.findIndex((h) => h === "label" || KIN.label?.test(plain(h)) === true);
  const labels = c < 0 ? [] : [...new Set(rows.map((row) => row[c] ?? ""))].filter((cell) => cell !== "").sort();
  return labels.length === 2 ? labels : [];
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

function firstCell({ rows }: Table, column: number): string {
  return rows[0]?.[column] ?? "";
}

function shownList(names: readonly string[]): string {
  const first = names.slice(0, 20).map(shown).join(", ");
  return names.length > 20 ? `${first} and ${names.length - 20} more columns` : first;
}
