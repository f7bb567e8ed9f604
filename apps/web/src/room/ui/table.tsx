// biome-ignore-all lint/a11y/useSemanticElements: rows in view alone are in the page, which the elements of a table cannot say
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names the active row (WAI-ARIA grid, aria-activedescendant)
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid hears the keys for all its rows
/**
 * A table of any length: only the rows in view are in the page. A grid to assistive technology, with one row chosen at a time;
 * arrows, Home, End and Page keys move, Enter opens, and a double click too.
 */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useId, useRef } from "react";

export interface Column<R> {
  readonly key: string;
  readonly title: ReactNode;
  /** A grid track: "8rem", "minmax(10rem, 2fr)". */
  readonly width: string;
  readonly cell: (row: R) => ReactNode;
  readonly isEnd?: boolean;
  /** Named where the table can be ordered by it. */
  readonly order?: string;
}

export interface TableProps<R> {
  readonly label: string;
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  readonly keyOf: (row: R) => string;
  readonly chosen: string | null;
  readonly onChoose: (key: string) => void;
  readonly onOpen?: (key: string) => void;
  readonly order?: string;
  readonly onOrder?: (order: string) => void;
  /** Height of a row in rem. */
  readonly rowRem?: number;
  /** The end of the rows came into view: fetch more. */
  readonly onEnd?: (() => void) | undefined;
  /** Gets the element that hears the keys. */
  readonly focusRef?: RefObject<HTMLDivElement | null>;
  /** How many there are in all, where not all are here. */
  readonly total?: number;
}

export function Table<R>(props: TableProps<R>): ReactNode {
  const { label, columns, rows, keyOf, chosen, onChoose, onOpen, order, onOrder, rowRem = 3.1, onEnd } = props;
  const own = useRef<HTMLDivElement>(null);
  const scroll = props.focusRef ?? own;
  const id = useId();
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => Math.round(rowRem * rem),
    overscan: 8,
  });
  const at = rows.findIndex((row) => keyOf(row) === chosen);
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
  }, [at, virtual]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= 0 && last >= rows.length - 5) onEnd?.();
  }, [last, rows.length, onEnd]);
  const move = (event: KeyboardEvent): void => {
    if (event.target !== scroll.current) return;
    const page = Math.max(1, Math.floor((scroll.current?.clientHeight ?? 0) / (rowRem * rem)) - 1);
    const to = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: rows.length,
    }[event.key];
    const row = rows[Math.min(rows.length - 1, Math.max(0, to ?? at))];
    if (row === undefined) return;
    if (event.key === "Enter") onOpen?.(keyOf(row));
    else if (to === undefined) return;
    else onChoose(keyOf(row));
    event.preventDefault();
  };
  const tracks = { gridTemplateColumns: columns.map((column) => column.width).join(" ") };
  const rowId = (key: string): string => `${id}-${key}`;
  return (
    <div className="table">
      <div
        className="table-scroll"
        ref={scroll}
        role="grid"
        aria-label={label}
        aria-rowcount={(props.total ?? rows.length) + 1}
        aria-activedescendant={items.some((item) => item.index === at) && chosen !== null ? rowId(chosen) : undefined}
        tabIndex={0}
        onKeyDown={move}
      >
        <div className="table-inner" role="presentation">
          <div className="table-row table-head" role="row" aria-rowindex={1} style={tracks}>
            {columns.map((column) => (
              <Head key={column.key} column={column} order={order} onOrder={onOrder} />
            ))}
          </div>
          <div className="table-space" role="presentation" style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => {
              const row = rows[item.index];
              if (row === undefined) return null;
              const key = keyOf(row);
              return (
                <div
                  key={key}
                  id={rowId(key)}
                  role="row"
                  className="table-row"
                  aria-rowindex={item.index + 2}
                  aria-selected={key === chosen}
                  style={{ ...tracks, height: item.size, transform: `translateY(${item.start}px)` }}
                  // Before a link inside the row leads away; a click that led away chooses nothing.
                  onMouseDown={() => onChoose(key)}
                  onClick={(event) => event.defaultPrevented || onChoose(key)}
                  onDoubleClick={() => onOpen?.(key)}
                >
                  {columns.map((column) => (
                    <div key={column.key} role="gridcell" className={`table-cell ${column.isEnd ? "end" : ""}`}>
                      {column.cell(row)}
                    </div>
                  ))}
                </div>
              );
            })}
          </div>
        </div>
      </div>
    </div>
  );
}

interface HeadProps<R> {
  readonly column: Column<R>;
  readonly order: string | undefined;
  readonly onOrder: ((order: string) => void) | undefined;
}

function Head<R>({ column, order, onOrder }: HeadProps<R>): ReactNode {
  const own = column.order;
  const isOrdered = own !== undefined && own === order;
  return (
    <div
      role="columnheader"
      className={`table-cell ${column.isEnd ? "end" : ""}`}
      aria-sort={isOrdered ? "other" : undefined}
    >
      {own === undefined || onOrder === undefined ? (
        column.title
      ) : (
        <button type="button" className="table-order" onClick={() => onOrder(own)}>
          {column.title}
          {isOrdered ? " ▾" : ""}
        </button>
      )}
    </div>
  );
}
