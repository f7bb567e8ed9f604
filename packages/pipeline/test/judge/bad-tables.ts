/** Tables of predictions as people really bring them: each wrong in one way, with the place that has to be named. */

export interface BadTable {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly kind: string;
  /** What the sentence about it must hold. */
  readonly says: readonly RegExp[];
}

export const HEADER = "slide,patient,part,label,p_x,p_y";

const GOOD = ["a,1,test,x,0.8,0.2", "b,2,test,y,0.3,0.7", "c,3,test,x,0.6,0.4", "d,4,test,y,0.1,0.9"];

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const utf16 = (text: string, mark: boolean): Uint8Array =>
  Uint8Array.from([...(mark ? [0xff, 0xfe] : []), ...[...text].flatMap((c) => [c.charCodeAt(0), 0])]);

/** The good table with one line put in as row 4. */
export const tableWith = (line: string): string => [HEADER, ...GOOD.slice(0, 2), line, ...GOOD.slice(2), ""].join("\n");
export const GOOD_TABLE: string = [HEADER, ...GOOD, ""].join("\n");

const text = (name: string, table: string, kind: string, ...says: readonly RegExp[]): BadTable => ({
  name,
  bytes: utf8(table),
  kind,
  says,
});

const MEGABYTE = "m".repeat(1_000_000);

export const BAD_TABLES: readonly BadTable[] = [
  text("an empty file", "", "bad-table", /an empty file/),
  text("empty lines only", "\n\r\n\n", "bad-table", /an empty file/),
  text("a header and nothing under it", `${HEADER}\n`, "bad-table", /nothing under it/),
  { name: "UTF-16", bytes: utf16(GOOD_TABLE, true), kind: "bad-table", says: [/UTF-16/, /UTF-8/] },
  { name: "UTF-16 without its mark", bytes: utf16(GOOD_TABLE, false), kind: "bad-table", says: [/UTF-16/] },
  {
    name: "Latin-1",
    bytes: Uint8Array.from(tableWith("e,Müller,test,x,0.5,0.5"), (c) => c.charCodeAt(0)),
    kind: "bad-table",
    says: [/not UTF-8 in line 4/],
  },
  { name: "a workbook", bytes: utf8("PK\u0003\u0004rest"), kind: "bad-table", says: [/workbook/] },
  text("a NUL byte", tableWith("e,5\u0000,test,x,0.5,0.5"), "bad-table", /NUL/, /column patient, row 4/),
  text("a quote never closed", tableWith('e,"5,test,x,0.5,0.5'), "bad-table", /never closed/, /column patient, row 4/),
  text("a quote inside a bare cell", tableWith('e,5"7,test,x,0.5,0.5'), "bad-table", /quote/, /column patient, row 4/),
  text("a megabyte in a cell", tableWith(`e,5,test,${MEGABYTE},0.5,0.5`), "bad-table", /65536/, /column label, row 4/),
  text(
    "a megabyte in a quoted cell",
    tableWith(`e,"${MEGABYTE}",test,x,0.5,0.5`),
    "bad-table",
    /column patient, row 4/,
  ),
  text("a megabyte in the header", `${MEGABYTE},patient\n`, "bad-table", /column 1, row 1/),
  text("a cell too many", tableWith("e,5,test,x,0,5,0,5"), "bad-table", /8 in row 4/, /decimal point/),
  text("a cell too few", tableWith("e,5,test,x,0.5"), "bad-table", /5 in row 4/),
  text("a column twice", `${HEADER},label\n`.repeat(2), "bad-table", /`label` twice/),
  text("semicolons", GOOD_TABLE.replaceAll(",", ";"), "bad-table", /semicolons/, /comma-separated/),
  text(
    "semicolons and decimal commas",
    GOOD_TABLE.replaceAll(",", ";").replaceAll(".", ","),
    "bad-table",
    /semicolons/,
    /decimal comma in row 2/,
  ),
  text("tabs", GOOD_TABLE.replaceAll(",", "\t"), "bad-table", /tabs/),
  text("no patient column", GOOD_TABLE.replace("patient", "person"), "missing-column", /`patient`/),
  text("no probabilities", "slide,patient,label\na,1,x\n", "missing-column", /p_<class>/),
  text("a probability above 1", tableWith("e,5,test,x,1.5,0"), "bad-value", /`1.5` in column p_x, row 4/),
  text("a probability below 0", tableWith("e,5,test,x,-0.1,1.1"), "bad-value", /`-0.1` in column p_x, row 4/),
  text("percentages", tableWith("e,5,test,x,70,30"), "bad-value", /column p_x, row 4/, /percentages/),
  text("a probability that is no number", tableWith("e,5,test,x,0x1,0"), "bad-value", /`0x1` in column p_x, row 4/),
  text("an empty probability", tableWith("e,5,test,x,0.5,"), "bad-value", /nothing in column p_y, row 4/),
  text("a sum that is not 1", tableWith("e,5,test,x,0.5,0.6"), "bad-value", /1.1 as p_x \+ p_y, row 4/),
  text(
    "a decimal comma",
    tableWith('e,5,test,x,"0,17","0,83"'),
    "bad-value",
    /decimal comma/,
    /p_x, row 4/,
    /decimal point/,
  ),
  text(
    "a date for a probability",
    tableWith("e,5,test,x,3-Jan,0.5"),
    "bad-value",
    /`3-Jan`, a date, in column p_x, row 4/,
  ),
  text(
    "a month for a probability",
    tableWith("e,5,test,x,0.5,Jan-03"),
    "bad-value",
    /`Jan-03`, a date, in column p_y, row 4/,
  ),
  text("a label nobody knows", tableWith("e,5,test,z,0.5,0.5"), "bad-value", /`z` in column label, row 4/),
  text("a part nobody knows", tableWith("e,5,practice,x,0.5,0.5"), "bad-value", /`practice` in column part, row 4/),
  text(
    "a part in capitals",
    tableWith("e,5,Train,x,0.5,0.5"),
    "bad-value",
    /column part, row 4/,
    /did you mean `train`/,
  ),
  text(
    "percent signs",
    tableWith("e,5,test,x,63.1%,36.9%"),
    "bad-value",
    /`63.1%`, a percentage, .* p_x, row 4/,
    /0\.631/,
  ),
  text("logits", tableWith("e,5,test,x,-2.2,3.1"), "bad-value", /`-2.2` in column p_x, row 4/, /logits.*softmax/),
  text(
    "logarithms",
    "patient,label,p_x,p_y\n1,x,-0.1,-2.3\n2,y,-1.2,-0.4\n",
    "bad-value",
    /`-0.1` in column p_x, row 2/,
    /logarithms.*exp/,
  ),
  text(
    "a date for a label",
    tableWith("e,5,test,3-Mar,0.5,0.5"),
    "bad-value",
    /`3-Mar`, a date, in column label, row 4/,
  ),
  text("a label in capitals", tableWith("e,5,test,X,0.5,0.5"), "bad-value", /`X` in column label, row 4/, /class `x`/),
  text(
    "a label with a decimal",
    "patient,label,p_0,p_1\n1,1.0,0.4,0.6\n2,0.0,0.6,0.4\n",
    "bad-value",
    /`1.0` in column label, row 2/,
    /the class `1`/,
  ),
  text("a row of empty cells", tableWith(",,,,,"), "bad-value", /an empty row: row 4/, /delete the empty rows/),
  text("probabilities with a capital", "patient,label,P_Wt,P_Mut\n1,Mut,0,1\n", "missing-column", /`P_Mut` to `p_Mut`/),
  text("one probability alone", "patient,label,p_1\n1,1,0.7\n2,0,0.1\n", "missing-column", /add p_0 = 1 - p_1/),
  text(
    "a column prob",
    "patient,label,prob\n1,mut,0.7\n2,wt,0.1\n",
    "missing-column",
    /if `prob` is the probability of wt, rename it to p_wt and add p_mut = 1 - p_wt/,
  ),
  text(
    "the names of a script",
    "case_id,y_true,y_prob\nq1,1,0.7\nq2,0,0.2\n",
    "missing-column",
    /`case_id` is the patient/,
    /`y_true` is the label/,
    /`y_prob` is the probability of 1, rename it to p_1 and add p_0 = 1 - p_1/,
  ),
  text(
    "barcodes and no patient",
    "slide,label,p_0,p_1\nTCGA-AA-0001-01Z-00-DX1,0,0.5,0.5\n",
    "missing-column",
    /`slide` holds TCGA barcodes.*first 12 characters/,
  ),
  text("no patient in a row", tableWith("e,,test,x,0.5,0.5"), "bad-value", /column patient, row 4/),
  text("no slide in a row", tableWith(",5,test,x,0.5,0.5"), "bad-value", /column slide, row 4/),
  text(
    "a fold that is no number",
    `${HEADER},fold\na,1,test,x,0.5,0.5,first\n`,
    "bad-value",
    /`first` in column fold, row 2/,
  ),
  text("a row twice", tableWith("a,1,test,x,0.8,0.2"), "duplicate-id", /`a` twice/, /rows 2 and 4/),
  text("a row twice after empty lines", tableWith("\n\na,1,test,x,0.8,0.2"), "duplicate-id", /rows 2 and 6/),
  text(
    "two labels of one patient",
    tableWith("e,1,test,y,0.5,0.5"),
    "conflicting-label",
    /`x` and `y`/,
    /rows 2 and 4/,
  ),
  text("fitted on and reported", tableWith("e,1,train,x,0.5,0.5"), "refused", /patient-leak|fitted on/),
  text("no label at all", `${HEADER}\na,1,test,,0.5,0.5\n`, "nothing-usable", /no label/),
  text("rows that were fitted on only", `${HEADER}\na,1,train,x,0.5,0.5\n`, "nothing-usable", /parts train only/),
];
