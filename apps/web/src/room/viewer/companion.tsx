/** A second slide beside the first: it moves with it, shows what was drawn on it, and is laid on the first by dragging it with Shift. */
import { listAnnotations, readHeatmap, readSlide, type SlideFacts } from "@nacre/api";
import { type ReactNode, useMemo, useState } from "react";
import { useCall } from "../client/use-call.ts";
import { Button, Failure, failureIn, Skeleton } from "../ui/index.ts";
import { AnnotationOverlay } from "./annotation/annotation-overlay.tsx";
import type { Row } from "./annotation/ledger.ts";
import { HeatOverlay } from "./heat/heat-overlay.tsx";
import type { Heat } from "./heat/use-heat.ts";
import { firstView, layersOf } from "./panel/planes.ts";
import type { Stage } from "./stage/stage.ts";
import { StageView } from "./stage/stage-view.tsx";

const HOUR = 3_600_000;

export interface CompanionProps {
  readonly slide: string;
  readonly heat: Heat;
  readonly onStage: (stand: { readonly stage: Stage; readonly facts: SlideFacts } | null) => void;
  readonly onClose: () => void;
  readonly onRealign: () => void;
}

export function CompanionSlide({ slide, heat, onStage, onClose, onRealign }: CompanionProps): ReactNode {
  const answer = useCall(readSlide, { params: { slide } }, { freshMs: HOUR });
  return (
    <section className="pane" aria-label={`Beside: ${answer.data?.name ?? "slide"}`}>
      <div className="pane-head">
        <strong className="clip">{answer.data?.name ?? "…"}</strong>
        <span className="small soft clip">
          {[answer.data?.stain ?? null, "Shift and drag lays it on the first"]
            .filter((word) => word !== null)
            .join(" · ")}
        </span>
        <span className="pane-end">
          <Button kind="quiet" onClick={onRealign} title="Middle on middle again">
            Centre
          </Button>
          <Button kind="quiet" onClick={onClose} aria-label={`Close ${answer.data?.name ?? "the slide"}`}>
            ✕
          </Button>
        </span>
      </div>
      {answer.data === undefined ? (
        <div className="page">
          {answer.error === null ? <Skeleton /> : <Failure failure={failureIn(answer.error)} title="Not shown" />}
        </div>
      ) : (
        <CompanionStage facts={answer.data} heat={heat} onStage={onStage} />
      )}
    </section>
  );
}

function CompanionStage({
  facts,
  heat,
  onStage,
}: Pick<CompanionProps, "heat" | "onStage"> & { readonly facts: SlideFacts }): ReactNode {
  const [layers] = useState(() => layersOf(facts, firstView(facts)));
  const drawn = useCall(listAnnotations, { params: { slide: facts.key } }, { everyMs: 30_000 });
  const rows = useMemo(() => (drawn.data?.rows ?? []).map((row): Row => ({ ...row, state: "saved" })), [drawn.data]);
  const seen = useCall(
    readHeatmap,
    heat.run !== null && heat.isOn ? { params: { slide: facts.key, run: heat.run } } : null,
    { freshMs: HOUR },
  );
  return (
    <StageView
      facts={facts}
      layers={layers}
      hasNavigator={false}
      onStage={(stage) => onStage(stage === null ? null : { stage, facts })}
    >
      {(stage) => (
        <>
          {heat.isOn && seen.data !== undefined ? (
            <HeatOverlay stage={stage} heatmap={seen.data} view={heat.view} />
          ) : null}
          <AnnotationOverlay stage={stage} rows={rows} selected={null} />
        </>
      )}
    </StageView>
  );
}
