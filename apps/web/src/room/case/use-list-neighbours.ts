/** The cases before and after this one in the worklist as it was last looked at; none where the page was opened by its address. */
import { type RouteReply, worklist } from "@nacre/api";
import { type InfiniteData, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";

export interface ListNeighbours {
  readonly before: string | undefined;
  readonly next: string | undefined;
}

export function useListNeighbours(key: string): ListNeighbours {
  const client = useQueryClient();
  return useMemo(() => {
    const lists = client
      .getQueryCache()
      .findAll({ queryKey: [worklist.id] })
      .toSorted((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt)
      .map((query) => query.state.data as InfiniteData<RouteReply<typeof worklist>> | undefined);
    for (const list of lists) {
      const keys = list?.pages.flatMap((page) => page.rows.map((row) => row.key)) ?? [];
      const at = keys.indexOf(key);
      if (at >= 0) return { before: keys[at - 1], next: keys[at + 1] };
    }
    return { before: undefined, next: undefined };
  }, [client, key]);
}
