/** What the viewer knows and can do: one place where drawing, heatmap, companions and keys meet. */
import type { SlideFacts } from "@nacre/api";
import type { Rect } from "@nacre/core";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { casePath, slidePath } from "../address.ts";
import { useMay } from "../shell/session.tsx";
import { useNarrow } from "../ui/use-narrow.ts";
import type { Tool } from "./annotation/draft.ts";
import { type Box, boxOf } from "./annotation/shape.ts";
import { newId, useAnnotations } from "./annotation/use-annotations.ts";
import { useCornerKeys } from "./annotation/use-corner-keys.ts";
import { useDrawing } from "./annotation/use-drawing.ts";
import { useHeat } from "./heat/use-heat.ts";
import { firstView } from "./panel/planes.ts";
import type { SideTab } from "./panel/side-panel.tsx";
import type { Stage } from "./stage/stage.ts";
import { useCaseSlides } from "./use-case-slides.ts";
import { useCompanions } from "./use-companions.ts";
import { usePlace } from "./use-place.ts";
import type { ViewerCommands } from "./use-viewer-keys.ts";

export type ViewerState = ReturnType<typeof useViewer>;

export function useViewer(facts: SlideFacts, root: RefObject<HTMLElement | null>) {
  const [, go] = useLocation();
  const mayDraw = useMay("reader");
  const [stage, setStage] = useState<Stage | null>(null);
  const [planes, setPlanes] = useState(() => firstView(facts));
  const [tab, setTab] = useState<SideTab>("drawn");
  // A narrow window shows the slide alone at first.
  const isNarrow = useNarrow();
  const [isPanelOpen, setPanelOpen] = useState(!isNarrow);
  const [selected, setSelected] = useState<string | null>(null);
  const heat = useHeat(facts);
  const annotations = useAnnotations(facts.key);
  const companions = useCompanions(stage, facts);
  const around = useCaseSlides(facts);
  const { place, turn, flyTo } = usePlace(stage, companions.keys.length > 0);
  const { ledger, view } = annotations;
  const select = useSame((id: string | null, isFlown = false): void => {
    setSelected(id);
    if (id === null) return;
    setTab("drawn");
    const drawn = isFlown ? ledger.find(id) : null;
    if (drawn !== null) flyTo(surroundingsOf(boxOf(drawn.geometry)));
  });
  const drawing = useDrawing(stage, {
    slide: facts.key,
    rows: view.rows,
    selected,
    mayDraw,
    onSelect: select,
    onMade(geometry) {
      const id = newId();
      ledger.put({ id, geometry, name: null, colour: null, note: "" });
      select(id);
    },
    onChanged: (drawn) => ledger.put(drawn),
  });
  const corner = useCornerKeys(stage, {
    rows: view.rows,
    selected,
    mayDraw,
    onChanged: (drawn) => ledger.put(drawn),
  });
  const take = (tool: Tool | null): void => {
    corner.letGo();
    drawing.take(tool);
    // Keys go to the slide now, not to the button that was pressed.
    stage?.canvas.focus();
  };
  const commands: ViewerCommands = {
    toggleHeat: heat.toggle,
    toggleFullScreen: () => void toggleFullScreen(root.current),
    togglePanel: () => setPanelOpen(!isPanelOpen),
    goToSlide(by) {
      const next = by === 1 ? around.next : around.before;
      if (next !== null) go(slidePath(next, undefined, heat.isOn && heat.run !== null ? heat.run : undefined));
    },
    goToCase: () => facts.case !== null && go(casePath(facts.case)),
    take: (tool) => take(drawing.tool === tool ? null : tool),
    setCorner: () => void (corner.putDown() || drawing.setCorner()),
    nextCorner: (by) => drawing.tool === null && corner.next(by),
    end: () => void (corner.putDown() || drawing.end()),
    escape() {
      if (corner.letGo()) return;
      if (drawing.tool === null) setSelected(null);
      else take(null);
    },
    remove() {
      if (selected === null || !mayDraw) return;
      ledger.remove(selected);
      setSelected(null);
    },
    undo: () => void (mayDraw && ledger.undo()),
    redo: () => void (mayDraw && ledger.redo()),
  };
  return {
    stage,
    setStage,
    planes,
    setPlanes,
    tab,
    setTab,
    isPanelOpen,
    selected,
    select,
    mayDraw,
    heat,
    annotations,
    companions,
    around,
    place,
    turn,
    flyTo,
    drawing,
    corner,
    take,
    commands,
  };
}

/** One and the same function that always does what the latest one does: for lists that are drawn again only when they change. */
function useSame<T extends readonly unknown[]>(act: (...given: T) => void): (...given: T) => void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  return useCallback((...given: T) => latest.current(...given), []);
}

/** Side of the smallest view that an annotation is flown to, level-0 pixels. */
const LEAST_VIEW = 128;

/** A view three times as wide as a shape, so that what lies around it is seen. */
function surroundingsOf({ left, top, right, bottom }: Box): Rect {
  const side = 3 * Math.max(right - left, bottom - top, LEAST_VIEW);
  return { x: (left + right - side) / 2, y: (top + bottom - side) / 2, width: side, height: side };
}

async function toggleFullScreen(element: HTMLElement | null): Promise<void> {
  try {
    if (document.fullscreenElement !== null) await document.exitFullscreen();
    else await element?.requestFullscreen();
  } catch {
    // The browser or whoever set it up forbids it: the page stays as it is.
  }
}
