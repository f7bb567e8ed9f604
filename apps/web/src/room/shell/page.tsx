/** The place of a page: what fails inside it is told there, and the bar above stays. */
import { Component, type ReactNode, type RefObject, useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { Failure, failureIn } from "../ui/failure.tsx";

class Guard extends Component<{ readonly children: ReactNode }, { readonly error: unknown }> {
  override state = { error: null as unknown };
  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }
  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return (
      <div className="page">
        <Failure failure={failureIn(this.state.error)} title="This page failed" retry={() => location.reload()} />
      </div>
    );
  }
}

/** Titles name the kind of page alone: a browser keeps them in its history, where no patient belongs. */
const TITLES: readonly (readonly [RegExp, string])[] = [
  [/^\/$/, "Worklist"],
  [/^\/cases\//, "Case"],
  [/^\/slides\//, "Slide"],
  [/^\/search/, "Search"],
  [/^\/runs\/.+\/map/, "Map"],
  [/^\/runs/, "Studies"],
  [/^\/board\//, "Board"],
  [/^\/drop/, "Drop zone"],
  [/^\/settings/, "Settings"],
];

/** On another page the focus begins at its top, and the page's title is told. */
function useArrival(path: string): RefObject<HTMLElement | null> {
  const main = useRef<HTMLElement>(null);
  const former = useRef(path);
  useEffect(() => {
    const title = TITLES.find(([pattern]) => pattern.test(path))?.[1];
    document.title = title === undefined ? "Nacre" : `${title} – Nacre`;
    if (former.current !== path) main.current?.focus({ preventScroll: true });
    former.current = path;
  }, [path]);
  return main;
}

export function Page({ children }: { readonly children: ReactNode }): ReactNode {
  const [path] = useLocation();
  const main = useArrival(path);
  return (
    <main className="room-page" id="page" tabIndex={-1} ref={main}>
      <Guard key={path}>{children}</Guard>
    </main>
  );
}
