/**
 * A page whose code is a file of its own, fetched when the page is first gone to. React's `lazy` would show that something is being fetched,
 * and then hold back what has come until that was seen for 300 ms; here a page stands as soon as its code is there.
 */
import { type ComponentType, type ReactNode, useEffect, useState } from "react";
import { Skeleton } from "../ui/skeleton.tsx";

export interface LatePage {
  (): ReactNode;
  /** Fetches the code now; more than one asking is one fetching. */
  readonly fetch: () => void;
}

/** @param read imports the page's code; where that fails the page throws what it failed with, and is read again when it next comes */
export function latePage(read: () => Promise<ComponentType>): LatePage {
  let Page: ComponentType | null = null;
  let reading: Promise<void> | null = null;
  const fetch = (): Promise<void> => {
    reading ??= read().then((page) => {
      Page = page;
    });
    return reading;
  };
  function Late(): ReactNode {
    const [end, setEnd] = useState<{ readonly error?: unknown } | null>(null);
    useEffect(() => {
      if (Page !== null) return;
      fetch().then(
        () => setEnd({}),
        (error) => {
          reading = null;
          setEnd({ error });
        },
      );
    }, []);
    if (end !== null && "error" in end) throw end.error;
    return Page === null ? <Coming /> : <Page />;
  }
  // A failure is told by the page, where it comes to be shown.
  return Object.assign(Late, { fetch: () => void fetch().catch(() => {}) });
}

function Coming(): ReactNode {
  return (
    <div className="page coming">
      <Skeleton lines={6} label="Loading the page" />
    </div>
  );
}
