/**
 * Whether somebody sits at the page. Five minutes without a touch it asks nothing by itself, since each question would keep a session
 * alive that is to end half an hour after a person's last request; touched again, it asks at once.
 */
import { focusManager } from "@tanstack/react-query";

const UNTOUCHED_MS = 5 * 60_000;
const TOUCHES = ["keydown", "pointerdown", "pointermove", "wheel", "touchmove"] as const;

/** Tells the page's memory of replies when to rest; every room's repeated questions go through it. */
export function followAttendance(): void {
  focusManager.setEventListener((setAttended) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      clearTimeout(timer);
      const isSeen = document.visibilityState !== "hidden";
      if (isSeen) timer = setTimeout(() => setAttended(false), UNTOUCHED_MS);
      setAttended(isSeen);
    };
    for (const name of TOUCHES) addEventListener(name, look, { passive: true, capture: true });
    document.addEventListener("visibilitychange", look);
    look();
    return () => {
      clearTimeout(timer);
      for (const name of TOUCHES) removeEventListener(name, look, { capture: true });
      document.removeEventListener("visibilitychange", look);
    };
  });
}
