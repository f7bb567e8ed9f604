import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Outcome } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { checkStudy, readStudy } from "../../src/study/read-study.ts";
import { emptyFolder, SMALL_STUDY } from "../small-cohort.ts";

function failureOf(outcome: Outcome<unknown>) {
  if (outcome.ok) throw new Error("expected a failure, received a study");
  return outcome.failure;
}

const check = (change: object): Outcome<unknown> => checkStudy({ ...SMALL_STUDY, ...change }, "/studies/study.yaml");

describe("a study file", () => {
  it("is read with paths that start at its own folder", () => {
    const folder = emptyFolder();
    writeFileSync(
      join(folder, "study.yaml"),
      "name: a\ncohort: c.csv\nslides: s\ntask: {kind: classify, label: l}\nencoder: ./enc\n",
    );
    const study = readStudy(join(folder, "study.yaml"));
    expect(study.ok && [study.value.cohort, study.value.slides, study.value.encoder]).toEqual([
      join(folder, "c.csv"),
      join(folder, "s"),
      join(folder, "enc"),
    ]);
    expect(study.ok && [study.value.seed, study.value.bag, study.value.tiles.size, study.value.split.tune]).toEqual([
      7,
      "slide",
      224,
      0.2,
    ]);
  });

  it.each([
    [{ enocder: "texture" }, "enocder", "encoder"],
    [{ fit: { epoch: 3 } }, "epoch", "epochs"],
    [{ tiles: { min_tissue: 0.5 } }, "min_tissue", "minTissue"],
    [{ tiles: { color: "srgb" } }, "color", "colour"],
    [{ tiles: { stian: "macenko" } }, "stian", "stain"],
    [{ split: { extrenal: ["c"] } }, "extrenal", "external"],
    [{ task: { kind: "classify", label: "l", postive: "x" } }, "postive", "positive"],
    [{ evaluate: { subgroup: [] } }, "subgroup", "subgroups"],
    [{ allow: [{ finding: "patient-leak", wy: "a long enough reason" }] }, "wy", "why"],
  ])("refuses a misspelt key and names the nearest: %j", (change, wrong, right) => {
    const failure = failureOf(check(change));
    expect(failure.kind).toBe("bad-study");
    expect(failure.received).toContain(`\`${wrong}\``);
    expect(failure.remedy).toBe(`did you mean \`${right}\`?`);
  });

  it("says of a key in the wrong place where it belongs, and of an empty file what a study is", () => {
    expect(failureOf(check({ patience: 3 })).remedy).toBe("move it under fit:");
    expect(failureOf(checkStudy(null, "/studies/study.yaml"))).toMatchObject({
      expected: "a study: name, cohort, task, and slides or features",
    });
    const stain = failureOf(check({ tiles: { stain: "macenco" } }));
    expect(stain.expected).toBe("tiles.stain among none, macenko, reinhard, vahadane");
    expect(stain.remedy).toBe("correct tiles.stain: did you mean `macenko`?");
  });

  it("refuses a finding under allow: that the audit does not know, and names the nearest", () => {
    const failure = failureOf(check({ allow: [{ finding: "patient-leek", why: "we know these patients" }] }));
    expect([failure.kind, failure.remedy]).toEqual(["bad-study", "did you mean `patient-leak`?"]);
  });

  it("refuses a permission without a reason", () => {
    expect(failureOf(check({ allow: [{ finding: "patient-leak", why: "  because " }] })).kind).toBe("bad-study");
  });

  it.each([
    [{ slides: undefined }, /neither/],
    [{ features: "f" }, /both/],
    [{ tiles: { size: 224, overlap: 224 } }, /224 of 224/],
    [{ slides: undefined, features: "f", tiles: { stain: "macenko" } }, /macenko.*features/],
    [{ task: { kind: "survive", time: "t" } }, /no such key/],
    [{ task: { kind: "survival", time: "t" } }, /survival/],
    [{ task: { kind: "multitask", tasks: {} } }, /none/],
    [{ task: { kind: "classify" } }, /no such key/],
    [{ split: { by: "file" } }, /no such key/],
  ])("refuses what cannot be run, before anything is read: %j", (change, received) => {
    const failure = failureOf(check(change));
    expect(failure.kind).toBe("bad-study");
    expect(failure.received).toMatch(received);
  });

  it.each([
    [{ tiles: { mpp: 0 } }, "tiles.mpp"],
    [{ tiles: { mpp: 50 } }, "tiles.mpp"],
    [{ tiles: { colour: "rgb" } }, "tiles.colour"],
    [{ tiles: { stain: "mackenzie" } }, "tiles.stain"],
    [{ fit: { lr: -1 } }, "fit.lr"],
    [{ fit: { provider: "cuda" } }, "fit.provider"],
    [{ split: { folds: 0 } }, "split.folds"],
    [{ seed: 1.5 }, "seed"],
    [{ name: "a/b" }, "name"],
  ])("names the place of a value out of bounds: %j", (change, place) => {
    const failure = failureOf(check(change));
    expect(failure.expected).toContain(place);
    expect(failure.remedy).toContain(place);
  });

  it("that is not there, is a folder or is not YAML is a bad study with a sentence", () => {
    const folder = emptyFolder();
    expect(failureOf(readStudy(join(folder, "none.yaml"))).received).toContain("nothing at");
    expect(failureOf(readStudy(folder)).received).toContain("a folder at");
    writeFileSync(join(folder, "broken.yaml"), "name: a\ntask: {kind: classify\nseed: 1\n");
    const broken = failureOf(readStudy(join(folder, "broken.yaml")));
    expect(broken.kind).toBe("bad-study");
    expect(broken.received).toMatch(/line \d/);
    writeFileSync(join(folder, "empty.yaml"), "");
    expect(failureOf(readStudy(join(folder, "empty.yaml"))).kind).toBe("bad-study");
  });
});
