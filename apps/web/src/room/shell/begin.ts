/** What the address alone tells is wanted is asked for at once, before anything is drawn: who is there, and the slide's facts. */
import { readSession, readSlide } from "@nacre/api";
import type { QueryClient } from "@tanstack/react-query";
import { asQuery } from "../client/use-call.ts";

export function begin(client: QueryClient, path: string): void {
  void client.prefetchQuery(asQuery(readSession));
  const slide = /^\/slides\/([0-9a-f]{16})$/.exec(path)?.[1];
  if (slide !== undefined) void client.prefetchQuery(asQuery(readSlide, { params: { slide } }));
}
