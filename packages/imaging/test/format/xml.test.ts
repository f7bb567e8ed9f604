import { FailureError } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { attribute, child, children, parseXml, textIn } from "../../src/format/xml.ts";

function failureOf(text: string): string {
  try {
    parseXml(text, "made.xml");
  } catch (error) {
    if (error instanceof FailureError) return `${error.failure.kind}: ${error.failure.expected}`;
    throw error;
  }
  return "none";
}

describe("XML", () => {
  it("gives elements without their prefixes, attributes in both quotes, and text with what CDATA holds", () => {
    const text = `\uFEFF<?xml version="1.0"?><!-- <no> --><o:A xmlns:o="x" x:b='1"' c = "a>b"><B n="1"/><B n="2"> t<![CDATA[<u>]]> </B></o:A>\n`;
    const a = child(parseXml(text, "made.xml"), "A");
    expect([attribute(a, "b"), attribute(a, "c"), attribute(a, "o")]).toEqual(['1"', "a>b", ""]);
    expect(children(a, "B").map((node) => attribute(node, "n"))).toEqual(["1", "2"]);
    expect(textIn(children(a, "B")[1])).toBe("t<u>");
  });

  it("does not expand entities, and has no prototype to spoil", () => {
    const a = child(parseXml('<a b="&lt;"><__proto__ x="1"/><constructor/></a>', "made.xml"), "a");
    expect(attribute(a, "b")).toBe("&lt;");
    expect(attribute(child(a, "__proto__"), "x")).toBe("1");
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it.each([
    ["is no element", "words"],
    ["does not close", "<a><b></b>"],
    ["closes in another order", "<a><b></a></b>"],
    ["closes twice", "<a></a></a>"],
    ["ends in a tag", "<a b='1"],
    ["ends in a comment", "<a/><!-- "],
    ["has a value without quotes", "<a b=1/>"],
    ["has a document type", '<!DOCTYPE a [<!ENTITY b "c">]><a/>'],
  ])("that %s is refused", (_, text) => {
    expect(failureOf(text)).toMatch(/^hostile-file/);
  });

  it.each([
    ["16 million letters", `<a>${"b".repeat(2 ** 24)}</a>`, "letters"],
    ["65 levels", "<a>".repeat(65) + "</a>".repeat(65), "levels"],
    ["2^18 elements", `<a>${"<b/>".repeat(2 ** 18)}</a>`, "elements"],
    ["2^20 attributes", `<a>${`<b ${"c='' ".repeat(1000)}/>`.repeat(1049)}</a>`, "attributes"],
    ["1024 attributes in one", `<a ${Array.from({ length: 1025 }, (_, i) => `b${i}='' `).join("")}/>`, "names"],
    ["1024 names in one", `<a>${Array.from({ length: 1025 }, (_, i) => `<b${i}/>`).join("")}</a>`, "names"],
  ])("of more than %s is refused", (_, text, what) => {
    expect(failureOf(text)).toMatch(new RegExp(`^hostile-file: XML of at most \\d+ ${what}`));
  });

  it("of 40,000 planes or camera frames is read, in less than a second of the processor", () => {
    const plane =
      '<TiffData FirstC="0" FirstT="0" FirstZ="0" IFD="1" PlaneCount="1"><UUID FileName="a.ome.tif">urn:uuid:0123</UUID></TiffData><Plane TheC="0" TheT="0" TheZ="1" DeltaT="0.1"/>';
    const joint =
      '<TileJointInfo FlagJoined="1" Confidence="98" Direction="RIGHT" Tile1="1" Tile2="2" OverlapX="9" OverlapY="0"/>';
    for (const [piece, n] of [
      [plane, 40_000],
      [joint, 80_000],
    ] as const) {
      const text = `<a>${piece.repeat(n)}</a>`;
      const start = process.cpuUsage();
      const a = child(parseXml(text, "made.xml"), "a");
      const { user, system } = process.cpuUsage(start);
      expect(children(a, n === 40_000 ? "TiffData" : "TileJointInfo").length).toBe(n);
      expect((user + system) / 1e6).toBeLessThan(1);
    }
  });
});
