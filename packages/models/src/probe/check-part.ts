/** What is wrong with the rows and labels of a part, said before the fit. */
import { fail, type Outcome, ok } from "@nacre/core";
import { checkFollowUp } from "../survival/follow-up.ts";
import { checkEmbeddings, checkWidth } from "./embeddings.ts";
import type { ProbeKind, ProbeLabels, ProbePart } from "./probe.ts";

type Of<K extends ProbeKind> = Extract<ProbeLabels, { kind: K }>;

export interface CheckedParts<K extends ProbeKind> {
  readonly train: ProbePart<Of<K>>;
  readonly tune: ProbePart<Of<K>> | null;
}

/**
 * Both parts, if something can be learned from them. Fails with too-few, not-finite, dimension-mismatch, bad-value, one-class (train
 * only: a class that tune lacks is no obstacle), or bad-study for a kind of label that `owner` does not take.
 * @throws RangeError for a class or label out of its range, or lists of different lengths
 */
export function checkParts<K extends ProbeKind>(
  train: ProbePart,
  tune: ProbePart | null,
  { kinds, owner }: { readonly kinds: readonly K[]; readonly owner: string },
): Outcome<CheckedParts<K>> {
  if (!kinds.some((kind) => kind === train.labels.kind)) {
    return fail("bad-study", {
      expected: `labels to ${kinds.join(" or ")} for ${owner}`,
      received: `labels to ${train.labels.kind}`,
      remedy: "choose another probe for this task",
    });
  }
  if (tune !== null && tune.labels.kind !== train.labels.kind) {
    throw new RangeError(`expected ${train.labels.kind} labels in both parts, received ${tune.labels.kind} in tune`);
  }
  for (const [part, name] of [
    [train, "train"],
    [tune, "tune"],
  ] as const) {
    if (part === null) continue;
    const sound = checkEmbeddings(part.embeddings, name);
    if (!sound.ok) return sound;
    const width = checkWidth(part.embeddings, train.embeddings.d, name);
    if (!width.ok) return width;
    const labels = checkLabels(part.labels, part.embeddings.n, name);
    if (!labels.ok) return labels;
  }
  const learnable = checkLearnable(train.labels);
  if (!learnable.ok) return learnable;
  return ok({ train, tune } as CheckedParts<K>); // the kinds have just been compared
}

/** A tune part, or the failure that says how to do without one. */
export function needTune<T>(tune: T | null, remedy: string): Outcome<T> {
  if (tune !== null) return ok(tune);
  return fail("too-few", { expected: "a tune part to choose the penalty on", received: "none", remedy });
}

function checkLabels(labels: ProbeLabels, n: number, part: string): Outcome<null> {
  if (labels.kind === "survive") return checkFollowUp(labels, n, part);
  const expected = labels.kind === "multilabel" ? n * labels.k : n;
  if (labels.label.length !== expected) {
    throw new RangeError(`expected ${expected} labels in the ${part} part, received ${labels.label.length}`);
  }
  const values = Array.from(labels.label);
  if (labels.kind === "regress") {
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong < 0) return ok(null);
    return fail("not-finite", {
      expected: `a finite number for every row of the ${part} part`,
      received: `${values[wrong]} in row ${wrong}`,
      remedy: "leave the row out, or correct its label",
    });
  }
  const most = labels.kind === "multilabel" ? 1 : labels.k - 1;
  const wrong = values.find((value) => !Number.isInteger(value) || value < 0 || value > most);
  if (wrong !== undefined)
    throw new RangeError(`expected labels from 0 to ${most} in the ${part} part, received ${wrong}`);
  return ok(null);
}

function checkLearnable(labels: ProbeLabels): Outcome<null> {
  if (labels.kind === "regress" || labels.kind === "survive") return ok(null);
  const { k } = labels;
  const values = Array.from(labels.label);
  const isAbsent = (value: number, c: number): boolean =>
    labels.kind === "classify" ? !values.includes(c) : !values.some((v, i) => i % k === c && v === value);
  for (let c = 0; c < k; c++) {
    if (!isAbsent(1, c) && (labels.kind === "classify" || !isAbsent(0, c))) continue;
    return fail("one-class", {
      expected:
        labels.kind === "classify"
          ? `rows of all ${k} classes in the train part`
          : "both answers of every label in the train part",
      received: labels.kind === "classify" ? `none of class ${c}` : `one answer only for label ${c}`,
      remedy: "use fewer folds or another split, or drop the class",
    });
  }
  return ok(null);
}
