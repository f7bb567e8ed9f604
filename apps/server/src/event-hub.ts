/** Tells what happens inside the process to whoever listens: streams to browsers, webhooks. Nothing is kept here. */
import type { RunEvent } from "@nacre/api";

export type ServiceEvent =
  | {
      readonly kind: "run";
      readonly run: string;
      readonly project: string;
      readonly seq: number;
      readonly event: RunEvent;
    }
  | { readonly kind: "jobs" }
  | { readonly kind: "draft.signed"; readonly project: string; readonly case: string }
  | { readonly kind: "case.changed"; readonly project: string; readonly case: string };

export interface EventHub {
  tell(event: ServiceEvent): void;
  /** @returns a function that ends the listening */
  listen(hear: (event: ServiceEvent) => void): () => void;
}

export function eventHub(): EventHub {
  const ears = new Set<(event: ServiceEvent) => void>();
  return {
    tell(event) {
      for (const hear of ears) hear(event);
    },
    listen(hear) {
      ears.add(hear);
      return () => void ears.delete(hear);
    },
  };
}
