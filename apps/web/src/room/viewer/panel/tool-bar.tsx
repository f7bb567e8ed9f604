/** Tools for drawing and for the view. Each says its key; all of them work by keys alone. */
import type { ReactNode } from "react";
import type { Tool } from "../annotation/draft.ts";

/** The tools, their keys and what they do. */
export const TOOLS: readonly { readonly tool: Tool; readonly key: string; readonly title: string; says: string }[] = [
  { tool: "line", key: "m", title: "Measure", says: "measure a length: two presses, or drag" },
  { tool: "polygon", key: "p", title: "Polygon", says: "polygon: press corners, Enter or the first corner ends it" },
  { tool: "freehand", key: "d", title: "Freehand", says: "draw an outline by hand" },
  { tool: "box", key: "b", title: "Box", says: "box: two presses, or drag" },
  { tool: "point", key: "t", title: "Point", says: "set a point" },
];

export interface ToolBarProps {
  readonly tool: Tool | null;
  readonly mayDraw: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly onTool: (tool: Tool | null) => void;
  readonly onUndo: () => void;
  readonly onRedo: () => void;
  /** Each inner list stands together. */
  readonly view: readonly (readonly ViewAction[])[];
}

export interface ViewAction {
  readonly title: string;
  readonly key: string;
  readonly says: string;
  readonly isOn?: boolean;
  readonly do: () => void;
}

export function ToolBar({ tool, mayDraw, canUndo, canRedo, onTool, onUndo, onRedo, view }: ToolBarProps): ReactNode {
  return (
    <div className="tools" role="toolbar" aria-label="Tools">
      {mayDraw ? (
        <div className="tool-group">
          <ToolButton
            title="Move"
            says="move the slide, select"
            keyName="Esc"
            isOn={tool === null}
            do={() => onTool(null)}
          />
          {TOOLS.map(({ tool: own, key, title, says }) => (
            <ToolButton
              key={own}
              title={title}
              says={says}
              keyName={key}
              isOn={tool === own}
              do={() => onTool(tool === own ? null : own)}
            />
          ))}
        </div>
      ) : null}
      {mayDraw ? (
        <div className="tool-group">
          <ToolButton title="Undo" says="take back" keyName="Ctrl Z" isDisabled={!canUndo} do={onUndo} />
          <ToolButton title="Redo" says="do again" keyName="Ctrl Y" isDisabled={!canRedo} do={onRedo} />
        </div>
      ) : null}
      {view.map((group) => (
        <div className="tool-group" key={group[0]?.title}>
          {group.map(({ title, key, says, isOn, do: act }) => (
            <ToolButton key={title} title={title} says={says} keyName={key} isOn={isOn} do={act} />
          ))}
        </div>
      ))}
    </div>
  );
}

function ToolButton({
  title,
  says,
  keyName,
  isOn,
  isDisabled = false,
  do: act,
}: {
  readonly title: string;
  readonly says: string;
  readonly keyName: string;
  readonly isOn?: boolean | undefined;
  readonly isDisabled?: boolean;
  readonly do: () => void;
}): ReactNode {
  return (
    <button
      type="button"
      className="tool"
      aria-pressed={isOn}
      disabled={isDisabled}
      title={`${says} (${keyName})`}
      onClick={act}
    >
      {title}
    </button>
  );
}
