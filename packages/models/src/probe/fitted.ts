/** Fitted probes from what they have learned: a linear head, or any function of embeddings. */
import type { Embeddings } from "./embeddings.ts";
import { applyHead, type LinearHead, type Link } from "./linear-head.ts";
import type { Candidate, FittedProbe, ProbeKind } from "./probe.ts";

/** What was tried on the tune part, list by list, and what was kept. */
export interface Choices {
  readonly tried: readonly (readonly Candidate[])[];
  readonly chosen: readonly number[];
}

const LINKS: Readonly<Record<ProbeKind, Link>> = {
  classify: "softmax",
  multilabel: "sigmoid",
  regress: "identity",
  survive: "identity",
};

/** A probe that answers with a linear head and the link of its kind. */
export function linearAnswer(kind: ProbeKind, head: LinearHead, choices: Choices): FittedProbe {
  const answer = (embeddings: Embeddings) => applyHead(head, embeddings, LINKS[kind]);
  return { ...fittedProbe({ kind, d: head.d, k: head.k, ...choices }, answer), linear: head };
}

/** A probe that answers with a function. */
export function fittedProbe(
  facts: Pick<FittedProbe, "kind" | "d" | "k"> & Choices,
  answer: (embeddings: Embeddings) => Float64Array,
): FittedProbe {
  return {
    ...facts,
    linear: null,
    predict(embeddings) {
      if (embeddings.d !== facts.d) {
        throw new RangeError(
          `expected embeddings of ${facts.d} features, received ${embeddings.d}; use the encoder of the fit`,
        );
      }
      return answer(embeddings);
    },
  };
}

/** Heads of one answer each as one head, in the same order. */
export function sideBySide(heads: readonly LinearHead[]): LinearHead {
  const d = heads[0]?.d ?? 0;
  const k = heads.length;
  const weight = new Float64Array(d * k);
  for (const [c, head] of heads.entries()) {
    for (let j = 0; j < d; j++) weight[j * k + c] = head.weight[j] as number;
  }
  return { weight, bias: Float64Array.from(heads, ({ bias }) => bias[0] as number), d, k };
}
