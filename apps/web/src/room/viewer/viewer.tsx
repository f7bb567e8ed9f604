/** A slide that can be read: the stage, its companions, tools, and the panel beside them. */
import type { Geometry, SlideFacts } from "@nacre/api";
import { type ReactNode, useRef } from "react";
import { AnnotationOverlay } from "./annotation/annotation-overlay.tsx";
import { type Draft, outlineOf } from "./annotation/draft.ts";
import { measure } from "./annotation/measure.ts";
import { polygonOf } from "./annotation/shape.ts";
import { CompanionSlide } from "./companion.tsx";
import { HeatLegend } from "./heat/heat-legend.tsx";
import { HeatOverlay } from "./heat/heat-overlay.tsx";
import { BrokenNotice } from "./panel/broken-notice.tsx";
import { layersOf } from "./panel/planes.ts";
import { Readout } from "./panel/readout.tsx";
import { SidePanel } from "./panel/side-panel.tsx";
import { ToolBar } from "./panel/tool-bar.tsx";
import { ViewerHead } from "./panel/viewer-head.tsx";
import { StageView } from "./stage/stage-view.tsx";
import { useViewer, type ViewerState } from "./use-viewer.ts";
import { movesOf, OBJECTIVES, useViewerKeys, writeObjective } from "./use-viewer-keys.ts";

export interface ViewerProps {
  readonly facts: SlideFacts;
  /** The file is another than when its facts were read. */
  readonly onChanged: () => void;
}

export function Viewer({ facts, onChanged }: ViewerProps): ReactNode {
  const root = useRef<HTMLDivElement>(null);
  const state = useViewer(facts, root);
  const { stage, heat, companions, around, commands, isPanelOpen } = state;
  useViewerKeys(stage, facts.mpp, commands);
  return (
    <div className="viewer" ref={root}>
      <ViewerHead
        facts={facts}
        outside={heat.outside}
        around={around}
        companions={companions}
        go={commands.goToSlide}
      />
      <Tools facts={facts} state={state} />
      <div className={isPanelOpen ? "viewer-body has-panel" : "viewer-body"}>
        <div className={`panes n${companions.keys.length + 1}`}>
          <FirstPane facts={facts} state={state} onChanged={onChanged} />
          {companions.keys.map((key) => (
            <CompanionSlide
              key={key}
              slide={key}
              heat={heat}
              onStage={(stand) => companions.stand(key, stand)}
              onClose={() => companions.remove(key)}
              onRealign={() => companions.realign(key)}
            />
          ))}
        </div>
        {isPanelOpen ? (
          <SidePanel
            facts={facts}
            heat={heat}
            annotations={state.annotations}
            planes={state.planes}
            onPlanes={state.setPlanes}
            tab={state.tab}
            onTab={state.setTab}
            selected={state.selected}
            onSelect={state.select}
            mayDraw={state.mayDraw}
            flyTo={state.flyTo}
          />
        ) : null}
      </div>
    </div>
  );
}

interface PartProps {
  readonly facts: SlideFacts;
  readonly state: ViewerState;
}

function FirstPane({ facts, state, onChanged }: PartProps & Pick<ViewerProps, "onChanged">): ReactNode {
  const { stage, setStage, planes, heat, annotations, selected, drawing, corner } = state;
  return (
    <section className={drawing.tool === null ? "pane" : "pane is-drawing"} aria-label={facts.name}>
      {state.companions.keys.length === 0 ? null : (
        <div className="pane-head">
          <strong className="clip">{facts.name}</strong>
          <span className="small soft clip">{facts.stain}</span>
        </div>
      )}
      <StageView
        facts={facts}
        layers={layersOf(facts, planes)}
        hasNavigator
        place={state.place}
        turn={state.turn}
        onStage={setStage}
      >
        {(own) => (
          <>
            {heat.heatmap === undefined ? null : <HeatOverlay stage={own} heatmap={heat.heatmap} view={heat.view} />}
            <AnnotationOverlay
              stage={own}
              rows={annotations.view.rows}
              selected={selected}
              moving={drawing.moving ?? corner.moving}
              draft={drawing.draft}
            />
            {drawing.tool === null && corner.moving === null ? null : <div className="middle" />}
          </>
        )}
      </StageView>
      {stage === null ? null : (
        <>
          <div className="stage-corner">
            {heat.heatmap === undefined ? null : <HeatLegend heatmap={heat.heatmap} view={heat.view} />}
            <Readout stage={stage} mpp={facts.mpp} />
          </div>
          <LiveSize draft={drawing.draft} mpp={facts.mpp} />
          {corner.says === null ? null : <output className="live-size">{corner.says}</output>}
          <BrokenNotice stage={stage} onChanged={onChanged} />
        </>
      )}
    </section>
  );
}

/** What the shape in hand would measure if it ended here. */
function LiveSize({ draft, mpp }: { readonly draft: Draft | null; readonly mpp: number | null }): ReactNode {
  const outline = draft === null ? [] : outlineOf(draft);
  if (draft === null || outline.length < 2) return null;
  const shape: Geometry =
    draft.tool === "line" ? { type: "LineString", coordinates: [...outline] } : polygonOf(outline);
  return <output className="live-size">{measure(shape, mpp)}</output>;
}

function Tools({ facts, state }: PartProps): ReactNode {
  const { stage, drawing, mayDraw, annotations, commands, heat, isPanelOpen, take } = state;
  const moves = movesOf(stage, facts.mpp);
  return (
    <ToolBar
      tool={drawing.tool}
      mayDraw={mayDraw}
      canUndo={annotations.view.canUndo}
      canRedo={annotations.view.canRedo}
      onTool={take}
      onUndo={commands.undo}
      onRedo={commands.redo}
      view={[
        [
          { title: "−", key: "-", says: "farther", do: moves.zoom(1 / 1.5) },
          { title: "+", key: "+", says: "closer", do: moves.zoom(1.5) },
          { title: "Fit", key: "0", says: "whole slide", do: moves.fit },
          ...OBJECTIVES.map((times, i) => ({
            title: writeObjective(times, facts.mpp),
            key: String(i + 1),
            says: facts.mpp === null ? "share of full size" : `as with objective ×${times}`,
            do: moves.setMagnification(times),
          })),
          { title: "Turn", key: "r", says: "turn by 90°", do: moves.rotate(90) },
        ],
        [
          { title: "Heatmap", key: "h", says: "heatmap", isOn: heat.isOn, do: heat.toggle },
          { title: "Panel", key: "i", says: "panel beside", isOn: isPanelOpen, do: commands.togglePanel },
          { title: "Full screen", key: "f", says: "full screen", do: commands.toggleFullScreen },
        ],
      ]}
    />
  );
}
