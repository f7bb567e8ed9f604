import { describe, expect, it } from "vitest";
import { dateCells } from "../../src/cohort/date-cell.ts";
import { tableFrom } from "../../testing/twin.ts";

const labels = (...cells: readonly string[]) =>
  dateCells([tableFrom("c.csv", ["slide,gene", ...cells.map((c, i) => `s${i},${c}`)].join("\n"))], "gene");

describe("dateCells", () => {
  it.each([
    "1-Mar",
    "2-Sep",
    "01-Dec-21",
    "Mar-01",
    "2 September",
    "2021-03-01",
    "01/03/2021",
    "1.3.21",
    "44197",
    "1. M\u00e4r",
  ])("finds a label that a spreadsheet made of a name: %s", (cell) => {
    expect(labels("TP53", cell)).toEqual([{ column: "gene", isLabel: true, places: [`row 3 of c.csv: ${cell}`] }]);
  });
  it.each([
    "MARCH1",
    "SEPT2",
    "DEC1",
    "1",
    "3",
    "12345",
    "2-decreased",
    "1 marker",
    "mayo",
    "3+4",
    "pT1",
    "NA",
    "2021",
  ])("leaves %s alone", (cell) => {
    expect(labels("TP53", cell)).toEqual([]);
  });
  it("finds serial numbers and unsure orders in columns of dates, and leaves ISO dates and other columns alone", () => {
    const table = tableFrom(
      "c.csv",
      "slide,date,surgery_date,age,code\na,44197,2021-03-28,1/2/2021,44197\nb,2021-01-02,3/4/2021,50,44198",
    );
    expect(dateCells([table], null)).toEqual([
      { column: "date", isLabel: false, places: ["row 2 of c.csv: 44197"] },
      { column: "surgery_date", isLabel: false, places: ["row 3 of c.csv: 3/4/2021"] },
    ]);
  });
  it("counts rows as a spreadsheet does, empty lines among them", () => {
    const table = { ...tableFrom("c.csv", "slide,gene\na,x\nb,1-Mar"), numbers: [2, 5] };
    expect(dateCells([table], "gene")[0]?.places).toEqual(["row 5 of c.csv: 1-Mar"]);
  });
  it("looks for the label in the table it was taken from", () => {
    const base = tableFrom("slides.csv", "slide,patient,gene\na,p,1-Mar");
    const extra = tableFrom("folder/clini.csv", "patient,gene\np,2-Sep");
    expect(dateCells([base, extra], "gene").map((c) => c.places)).toEqual([["row 2 of clini.csv: 2-Sep"]]);
  });
});
