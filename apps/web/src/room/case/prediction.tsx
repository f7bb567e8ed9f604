/** What one run answered about the case: every answer, the interval, and what is known of how far to believe it. */
import { type CasePrediction, type SlideRow, writeAnswer, writeNumber } from "@nacre/api";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { runPath, searchPath } from "../address.ts";
import { Badge, Interval } from "../ui/index.ts";
import { headline } from "../worklist/words.ts";

const PART: Readonly<Record<CasePrediction["part"], string>> = {
  external: "external part: from a site the model has not seen",
  test: "test part: the model has not seen this patient",
  new: "new: not part of the study",
  tune: "tune part: choices were made on this patient; the answer is optimistic",
  train: "train part: the model has learnt from this patient; the answer is no evidence",
};

export interface PredictionProps {
  /** What the run is called beside the others that answered. */
  readonly title: string;
  readonly prediction: CasePrediction;
  readonly slides: readonly SlideRow[];
}

export function Prediction({ title, prediction, slides }: PredictionProps): ReactNode {
  const { interval, part } = prediction;
  const head = headline(prediction);
  const query = slides.find((slide) => slide.state !== "failed");
  const isSeen = part === "train" || part === "tune";
  return (
    <article className="prediction" aria-label={`Answer of ${title}`}>
      <div className="row">
        <h3>
          <Link href={runPath(prediction.run)}>{title}</Link>
        </h3>
        <Badge tone="machine">model</Badge>
        {prediction.synthetic ? <Badge tone="warn">Synthetic</Badge> : null}
        {isSeen ? <Badge tone="bad">not independent</Badge> : null}
      </div>
      <dl className="answers">
        {[...prediction.answers]
          .sort((a, b) => Number(b === head) - Number(a === head) || b.value - a.value)
          .map((answer) => (
            <div key={answer.name}>
              <dt>{answer.name}</dt>
              <dd>
                {answer.unit === "probability" ? (
                  <Interval
                    label={answer.name}
                    value={answer.value}
                    low={answer === head ? interval?.[0] : null}
                    high={answer === head ? interval?.[1] : null}
                  />
                ) : (
                  <strong>
                    {writeNumber(answer.value)} {answer.unit === "risk" ? "(log relative hazard)" : ""}
                  </strong>
                )}
              </dd>
            </div>
          ))}
      </dl>
      <p className="small">
        {interval === null
          ? "No interval: fewer than three models answered about this patient."
          : `95 % interval over the folds' models: ${interval.map((end) => writeAnswer(end, head?.unit ?? "number")).join(" to ")}.`}{" "}
        {prediction.calibration}
      </p>
      <p className="small soft">
        {PART[part]}
        {prediction.fold === null ? "" : `, fold ${prediction.fold}`}.{" "}
        {query === undefined ? null : <Link href={searchPath(query.key, prediction.run)}>More like this slide</Link>}
      </p>
    </article>
  );
}
