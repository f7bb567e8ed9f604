/** The panel beside the slide: drawings, heatmap, channels, facts. */
import "./panel.css";
import type { SlideFacts as Facts } from "@nacre/api";
import type { Rect } from "@nacre/core";
import type { ReactNode } from "react";
import { TabPanel, Tabs } from "../../ui/index.ts";
import { AnnotationPanel } from "../annotation/annotation-panel.tsx";
import type { Annotations } from "../annotation/use-annotations.ts";
import { HeatPanel } from "../heat/heat-panel.tsx";
import type { Heat } from "../heat/use-heat.ts";
import { hasPlanes, type PlanesView } from "./planes.ts";
import { PlanesPanel } from "./planes-panel.tsx";
import { SlideFacts } from "./slide-facts.tsx";

export type SideTab = "drawn" | "heat" | "planes" | "facts";

export interface SidePanelProps {
  readonly facts: Facts;
  readonly heat: Heat;
  readonly annotations: Annotations;
  readonly planes: PlanesView;
  readonly onPlanes: (view: PlanesView) => void;
  readonly tab: SideTab;
  readonly onTab: (tab: SideTab) => void;
  readonly selected: string | null;
  readonly onSelect: (id: string | null, isFlown?: boolean) => void;
  readonly mayDraw: boolean;
  readonly flyTo: (place: Rect) => void;
}

export function SidePanel(props: SidePanelProps): ReactNode {
  const { facts, heat, annotations, planes, onPlanes, tab, onTab, selected, onSelect, mayDraw, flyTo } = props;
  const tabs: { key: SideTab; title: string }[] = [
    { key: "drawn", title: "Drawn" },
    { key: "heat", title: "Heatmap" },
    ...(hasPlanes(facts) ? [{ key: "planes" as const, title: "Channels" }] : []),
    { key: "facts", title: "Slide" },
  ];
  return (
    <aside className="side" aria-label="About the slide">
      <Tabs label="Panel" tabs={tabs} chosen={tab} onChoose={onTab} />
      <TabPanel of={tab}>
        {tab === "drawn" ? (
          <AnnotationPanel
            slide={facts.key}
            mpp={facts.mpp}
            run={heat.run}
            annotations={annotations}
            selected={selected}
            mayDraw={mayDraw}
            onSelect={onSelect}
          />
        ) : tab === "heat" ? (
          <HeatPanel heat={heat} slide={facts.key} flyTo={flyTo} />
        ) : tab === "planes" ? (
          <PlanesPanel facts={facts} view={planes} onChange={onPlanes} />
        ) : (
          <SlideFacts facts={facts} />
        )}
      </TabPanel>
    </aside>
  );
}
