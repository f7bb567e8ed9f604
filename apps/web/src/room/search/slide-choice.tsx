/**
 * Chooses a slide by a part of its name: the service is asked as one types, so that an archive of any size is searched whole, and the list
 * says how many it does not show. A combobox of WAI-ARIA: arrows move, Enter takes, Escape closes.
 */
import { listSlides, type SlideRow } from "@nacre/api";
import { type KeyboardEvent, type ReactNode, useId, useState } from "react";
import { useCall } from "../client/use-call.ts";
import { useProjects } from "../shell/project.tsx";
import { Field } from "../ui/index.ts";
import { useSettled } from "../worklist/use-settled.ts";

export interface SlideChoiceProps {
  /** Name of the slide that is chosen; empty: none. */
  readonly name: string;
  readonly onChoose: (key: string) => void;
}

const SHOWN = 20;
const SETTLE_MS = 150;

export function SlideChoice({ name, onChoose }: SlideChoiceProps): ReactNode {
  const { current } = useProjects();
  const list = useId();
  /** Null: nothing is typed, the chosen name stands. */
  const [typed, setTyped] = useState<string | null>(null);
  const [at, setAt] = useState(0);
  const find = useSettled(typed ?? "", SETTLE_MS);
  const query = { limit: SHOWN, find, ...(current === null ? {} : { project: current.key }) };
  const { data, isPlaceholderData } = useCall(listSlides, typed === null ? null : { query }, {
    keepsFormer: true,
    freshMs: 60_000,
  });
  const rows = data?.rows ?? [];
  const isOpen = typed !== null && data !== undefined;
  // Until the list is of what was typed, Enter would take a slide of the list before.
  const isCurrent = find === typed && !isPlaceholderData;
  const take = (row: SlideRow | undefined): void => {
    if (row === undefined) return;
    setTyped(null);
    onChoose(row.key);
  };
  const hear = (event: KeyboardEvent): void => {
    if (event.key === "Escape") setTyped(null);
    else if (event.key === "ArrowDown" && typed === null) setTyped("");
    else if (event.key === "ArrowDown") setAt(Math.min(rows.length - 1, at + 1));
    else if (event.key === "ArrowUp") setAt(Math.max(0, at - 1));
    else if (event.key === "Enter" && isOpen) take(isCurrent ? rows[at] : undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <Field title="Slide">
      {(id) => (
        <div className="combo">
          <input
            id={id}
            className="input"
            type="text"
            role="combobox"
            autoComplete="off"
            spellCheck={false}
            placeholder="part of a name…"
            aria-expanded={isOpen}
            aria-controls={list}
            aria-autocomplete="list"
            aria-activedescendant={isOpen && rows[at] !== undefined ? `${list}-${at}` : undefined}
            value={typed ?? name}
            onClick={() => setTyped(typed ?? "")}
            onBlur={() => setTyped(null)}
            onKeyDown={hear}
            onChange={(event) => {
              setTyped(event.target.value);
              setAt(0);
            }}
          />
          {isOpen ? (
            <div className="combo-list">
              <div id={list} role="listbox" aria-label="Slides found">
                {rows.map((row, i) => (
                  <Option key={row.key} id={`${list}-${i}`} row={row} isAt={i === at} take={() => take(row)} />
                ))}
              </div>
              <p className="small soft" role="status">
                {told(data.total, rows.length)}
              </p>
            </div>
          ) : null}
        </div>
      )}
    </Field>
  );
}

function told(total: number, shown: number): string {
  if (total === 0) return "No slide has that in its name.";
  return total > shown ? `${(total - shown).toLocaleString("en-GB")} more: type on.` : "";
}

interface OptionProps {
  readonly id: string;
  readonly row: SlideRow;
  readonly isAt: boolean;
  readonly take: () => void;
}

function Option({ id, row, isAt, take }: OptionProps): ReactNode {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the input has the focus and names the active option
    // biome-ignore lint/a11y/useKeyWithClickEvents: the input hears the keys for all options
    <div
      id={id}
      role="option"
      aria-selected={isAt}
      // The input keeps the focus, so that a press does not close the list before it is a click.
      onMouseDown={(event) => event.preventDefault()}
      onClick={take}
    >
      <span className="clip">{row.name}</span>
      <span className="small soft">{row.state === "failed" ? "could not be read" : (row.site ?? "")}</span>
    </div>
  );
}
