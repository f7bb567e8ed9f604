import { Fhir } from "fhir";
import { describe, expect, test } from "vitest";
import { uidOf, uuidOf } from "../../src/fhir/fhir-id.ts";
import { type FhirResource, reportBundle } from "../../src/fhir/report-bundle.ts";
import { prediction, printed } from "../draft/printed.ts";

const now = new Date("2026-03-01T09:00:00.000Z");
const kinds = {
  draft: printed(),
  signed: printed({ isSigned: true }),
  withoutPatient: printed({ patient: null }),
  withoutAnswers: printed({ answers: [prediction({ answers: [], text: "no answer" })] }),
  withoutModels: printed({ answers: [] }),
};
// Parsed from text: what is judged is what is sent.
const bundleOf = (kind: keyof typeof kinds) =>
  JSON.parse(JSON.stringify(reportBundle(kinds[kind], now))) as ReturnType<typeof reportBundle>;
const ofType = (kind: keyof typeof kinds, type: string) =>
  bundleOf(kind)
    .entry.map(({ resource }) => resource)
    .filter(({ resourceType }) => resourceType === type) as (FhirResource & Record<string, never>)[];

describe("a report as FHIR R4", () => {
  const fhir = new Fhir();

  test.each(Object.keys(kinds) as (keyof typeof kinds)[])("is valid (%s)", (kind) => {
    const { valid, messages } = fhir.validate(bundleOf(kind), { errorOnUnexpected: true });
    expect(messages.filter(({ severity }) => severity === "error" || severity === "fatal")).toEqual([]);
    expect(valid).toBe(true);
    // Each resource by itself as well: the validator looks at a bundle's entries less strictly.
    for (const { resource } of bundleOf(kind).entry)
      expect(
        fhir.validate(resource, { errorOnUnexpected: true }).messages.filter(({ severity }) => severity === "error"),
      ).toEqual([]);
  });

  test("the validator finds what is wrong: a missing status, a strange element", () => {
    const [report] = ofType("draft", "DiagnosticReport");
    expect(fhir.validate({ ...report, status: undefined }, { errorOnUnexpected: true }).valid).toBe(false);
    expect(fhir.validate({ ...report, mood: "good" }, { errorOnUnexpected: true }).valid).toBe(false);
  });

  test("every reference inside leads to an entry, and every entry has its own address", () => {
    for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
      const bundle = bundleOf(kind);
      const urls = bundle.entry.map(({ fullUrl }) => fullUrl);
      expect(new Set(urls).size).toBe(urls.length);
      for (const [, url] of JSON.stringify(bundle).matchAll(/"reference":"([^"]+)"/g)) expect(urls).toContain(url);
      for (const { fullUrl, resource } of bundle.entry) expect(fullUrl).toBe(`urn:uuid:${resource.id}`);
    }
  });

  test("nothing is final that was not signed, and a model's answer never is", () => {
    const states = (kind: keyof typeof kinds) =>
      bundleOf(kind)
        .entry.map(({ resource }) => resource)
        .filter(({ resourceType }) => /Report|Observation/.test(resourceType));
    expect(new Set(states("draft").map(({ status }) => status))).toEqual(new Set(["preliminary"]));
    const signed = states("signed");
    expect(signed.find(({ resourceType }) => resourceType === "DiagnosticReport")?.status).toBe("final");
    expect(signed.filter(({ device }) => device !== undefined).map(({ status }) => status)).toEqual(["preliminary"]);
  });

  test("the patient is a logical reference, and without the right neither id nor name is in any byte", () => {
    const [report] = ofType("draft", "DiagnosticReport");
    expect(report?.subject).toEqual({ type: "Patient", identifier: { system: "urn:nacre:patient", value: "P-1" } });
    expect(ofType("draft", "Patient")).toEqual([]);
    const text = JSON.stringify(bundleOf("withoutPatient"));
    const html = Buffer.from(/"data":"([^"]+)"/.exec(text)?.[1] ?? "", "base64").toString("utf8");
    for (const bytes of [text, html]) expect(bytes).not.toContain("P-1");
    expect(html).toContain("case 012345");
  });

  test("an observation has a value, components or a reason why not, and never two of them", () => {
    for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
      for (const observation of ofType(kind, "Observation")) {
        const values = Object.keys(observation).filter((name) => name.startsWith("value"));
        expect(values.length + Number("component" in observation) + Number("dataAbsentReason" in observation)).toBe(1);
      }
    }
    expect(ofType("withoutAnswers", "Observation").find(({ device }) => device !== undefined)).toMatchObject({
      dataAbsentReason: { coding: [{ code: "error" }] },
    });
  });

  test("an answer carries its numbers, interval, calibration and what the thresholds made of it", () => {
    const answer = ofType("draft", "Observation").find(({ device }) => device !== undefined);
    expect(answer).toMatchObject({
      interpretation: [{ coding: [{ code: "IND" }] }],
      component: [
        { code: { text: "benign" }, valueQuantity: { value: 0.1 } },
        { code: { text: "tumour" }, valueQuantity: { value: 0.9, unit: "probability", code: "1" } },
        { valueQuantity: { value: 0.8 } },
        { valueQuantity: { value: 0.95 } },
      ],
    });
    expect(JSON.stringify(answer?.note)).toContain("Calibration error 0.030.");
  });

  test("a machine's value that nobody confirmed says so", () => {
    const notes = (kind: keyof typeof kinds) =>
      JSON.stringify(
        ofType(kind, "Observation")
          .filter(({ device }) => device === undefined)
          .map(({ note }) => note ?? null),
      );
    expect(notes("draft")).toContain("Machine-written, not confirmed by a person");
    expect(notes("signed")).not.toContain("Machine-written");
  });

  test("has a series for each slide, failed ones with their reason, and says that the data are synthetic", () => {
    const [study] = ofType("draft", "ImagingStudy");
    expect(study).toMatchObject({
      series: [{ description: "one" }, { description: "two: could not be read (bad-slide)" }],
    });
    expect(JSON.stringify(bundleOf("draft").meta)).toContain("HTEST");
  });
});

describe("slides that an archive knows", () => {
  const { signed } = kinds;
  const [first] = signed.slides;
  const known = new Map([[first?.key ?? "", { study: "1.2.3", series: "1.2.3.4" }]]);
  const bundle = reportBundle(signed, now, known);
  const studies = bundle.entry.map(({ resource }) => resource).filter((r) => r.resourceType === "ImagingStudy");

  test("stand under their own study and series, the others under one that was made", () => {
    const [theirs, made] = studies as (FhirResource & Record<string, never>)[];
    expect(theirs).toMatchObject({
      identifier: [{ system: "urn:dicom:uid", value: "urn:oid:1.2.3" }],
      series: [{ uid: "1.2.3.4", description: "one" }],
    });
    expect(made).toMatchObject({ series: [{ uid: expect.stringMatching(/^2\.25\./) as unknown }] });
    expect(studies).toHaveLength(2);
  });

  test("are valid FHIR, and the report names both studies", () => {
    const sent = JSON.parse(JSON.stringify(bundle)) as object;
    expect(
      new Fhir().validate(sent, { errorOnUnexpected: true }).messages.filter((m) => m.severity === "error"),
    ).toEqual([]);
    const report = bundle.entry.find(({ resource }) => resource.resourceType === "DiagnosticReport")?.resource;
    expect(report?.imagingStudy).toEqual(studies.map(({ id }) => ({ reference: `urn:uuid:${id}` })));
  });
});

describe("identifiers", () => {
  test("are the same for the same thing, and of the form that their kind has", () => {
    expect(uuidOf("a", "b")).toBe(uuidOf("a", "b"));
    expect(uuidOf("a", "b")).not.toBe(uuidOf("b", "a"));
    expect(uuidOf("a")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(uidOf("00000000-0000-0000-0000-000000000010")).toBe("2.25.16");
    expect(uidOf(uuidOf("x")).length).toBeLessThanOrEqual(64);
  });
});
