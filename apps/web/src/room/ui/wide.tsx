/** What may be wider than the page: it scrolls by itself, and where it does the keyboard can reach it. */
import { type ReactNode, useEffect, useRef, useState } from "react";

export interface WideProps {
  /** What is in it, for whoever comes to it by the keyboard. */
  readonly label: string;
  readonly className?: string;
  readonly children: ReactNode;
}

export function Wide({ label, className = "", children }: WideProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const own = box.current;
    if (own === null) return;
    const watch = new ResizeObserver(() =>
      setScrolls(own.scrollWidth > own.clientWidth || own.scrollHeight > own.clientHeight),
    );
    watch.observe(own);
    return () => watch.disconnect();
  }, []);
  const reach = scrolls ? { tabIndex: 0, role: "group", "aria-label": label } : {};
  return (
    <div ref={box} className={`wide ${className}`} {...reach}>
      {children}
    </div>
  );
}
