/** A report with everything in it that is hard to print. */
import type { CasePrediction } from "@nacre/api";
import type { Printed } from "../../src/draft/report-document.ts";

export const prediction = (more: Partial<CasePrediction> = {}): CasePrediction => ({
  run: "aaaaaaaaaaaaaaaa",
  study: "demo",
  task: "classify",
  answers: [
    { name: "benign", value: 0.1, unit: "probability" },
    { name: "tumour", value: 0.9, unit: "probability" },
  ],
  text: "tumour 0.900",
  positive: "tumour",
  part: "test",
  fold: 0,
  interval: [0.8, 0.95],
  calibration: "Calibration error 0.030.",
  synthetic: false,
  ...more,
});

const field = { kind: "text" as const, unit: null, evidence: null };

export function printed({
  isSigned = false,
  patient = "P-1" as string | null,
  answers = [prediction()],
} = {}): Printed {
  const at = "2026-03-01T08:00:00.000Z";
  return {
    row: {
      key: "0123456789abcdef",
      project: "fedcba9876543210",
      name: patient === null ? "case 012345" : "Case <b>1</b>",
      patient,
      site: "north",
      slides: 2,
      failedSlides: 1,
      flags: [],
      state: isSigned ? "signed" : "drafted",
      assignee: null,
      triage: "unsure",
      need: 0.7,
      why: "tumour 0.900; left to a person.",
      prediction: answers[0] ?? null,
      updated: at,
    },
    draft: {
      case: "0123456789abcdef",
      version: 4,
      template: "general",
      fields: [
        {
          ...field,
          name: "diagnosis",
          title: "Diagnosis",
          value: "</dd><script>alert(1)</script> Łódź ≥ 3 mm",
          origin: "person",
        },
        {
          ...field,
          name: "model",
          title: "Answer of the model",
          value: "tumour 0.900",
          origin: isSigned ? "person" : "machine",
          evidence: "study demo",
        },
        { ...field, name: "size", title: "Size", kind: "number", unit: "mm", value: 3.5, origin: "person" },
        { ...field, name: "seen", title: "Seen by two", kind: "flag", value: false, origin: "person" },
        { ...field, name: "grade", title: "Grade", kind: "choice", choices: ["1", "2"], value: "2", origin: "person" },
        { ...field, name: "comment", title: "Comment", value: null, origin: "empty" },
      ],
      state: isSigned ? "signed" : "draft",
      signedBy: isSigned ? "Dr. Reader" : null,
      signedAt: isSigned ? at : null,
      sha256: isSigned ? "0".repeat(64) : null,
      updated: at,
    },
    predictions: answers,
    slides: [
      {
        key: "1111111111111111",
        project: "fedcba9876543210",
        case: "0123456789abcdef",
        name: "one",
        site: null,
        stain: "HE",
        scanner: null,
        state: "ready",
        failure: null,
        quality: ["blur"],
        synthetic: true,
      },
      {
        key: "2222222222222222",
        project: "fedcba9876543210",
        case: "0123456789abcdef",
        name: "two",
        site: null,
        stain: "HE",
        scanner: null,
        state: "failed",
        failure: { kind: "bad-slide", expected: "", received: "", remedy: "" },
        quality: null,
        synthetic: true,
      },
    ],
    project: "demo",
    signedBefore: isSigned ? 1 : 0,
  };
}
