import { describe, expect, it } from "vitest";
import { tellableFacts } from "../../src/case/case-scope.ts";
import { reader } from "./case-store.ts";

const blind = reader({ rights: [] });
const told = (facts: Record<string, string>, name = "H-2231", patient: string | null = "Q-7781") =>
  tellableFacts({ facts, name, patient }, blind);

describe("Without the right to identifiers", () => {
  it("no column that names somebody is told, in whatever language", () => {
    const columns = [
      "pid",
      "Nachname",
      "Vorname",
      "geboren",
      "Geburtsdatum",
      "PatNr",
      "Fallnummer",
      "adresse",
      "mrn",
      "case_id",
      "nom",
    ];
    expect(told(Object.fromEntries(columns.map((column) => [column, "Muster"])))).toEqual({});
    expect(told({ age: "63", stage: "II", grade: "2", hospital: "north" })).toEqual({
      age: "63",
      stage: "II",
      grade: "2",
      hospital: "north",
    });
  });

  it("no cell is told in which the case or its patient is named, whatever its column is called", () => {
    expect(told({ block: "H-2231 A1", key: "q-7781", grade: "2" })).toEqual({ grade: "2" });
    expect(told({ grade: "2", n: "7", age: "72" }, "7", "7")).toEqual({ grade: "2", age: "72" });
  });

  it("of a day only the year is told, however it is written", () => {
    const facts = { a: "1950-03-12", b: "12.03.1950", c: "3/12/1950", d: "19500312", e: "12.03.50" };
    expect(told(facts)).toEqual({ a: "1950", b: "1950", c: "1950", d: "1950", e: "" });
  });

  it("all is told with it", () => {
    expect(tellableFacts({ facts: { pid: "Q-7781" }, name: "a", patient: "Q-7781" }, reader())).toEqual({
      pid: "Q-7781",
    });
  });
});
