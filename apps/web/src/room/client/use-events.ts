/** Events of a route while a component stands. */
import type { Route, RouteCall, RouteReply } from "@nacre/api";
import { useEffect, useEffectEvent, useState } from "react";
import type { CallFailure } from "./call.ts";
import { watch } from "./watch.ts";

export interface EventsState {
  readonly state: "closed" | "open" | "waiting";
  readonly failure: CallFailure | null;
}

/** Hears a route's events; `input` null: not now. Changing the input listens anew. */
export function useEvents<T extends Route>(
  route: T,
  input: RouteCall<T> | null,
  hear: (data: RouteReply<T>) => void,
): EventsState {
  const [now, setNow] = useState<EventsState>({ state: "closed", failure: null });
  const told = useEffectEvent(hear);
  const key = input === null ? null : JSON.stringify(input);
  useEffect(() => {
    if (key === null) return;
    const end = new AbortController();
    const hearer = {
      hear: (data: RouteReply<T>) => told(data),
      state: (state: "open" | "waiting") => setNow({ state, failure: null }),
      failed: (failure: CallFailure) => setNow({ state: "closed", failure }),
    };
    void watch(route, JSON.parse(key) as RouteCall<T>, hearer, end.signal);
    return () => {
      end.abort();
      setNow({ state: "closed", failure: null });
    };
  }, [route, key]);
  return now;
}
