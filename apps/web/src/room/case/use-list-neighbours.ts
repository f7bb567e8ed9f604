/**
 * The cases before and after this one in the worklist as it was last looked at; where it was not looked at (the page was opened by its
 * address, or loaded again), in the order of need. The order stays while the case stands: signing it moves nothing.
 */
import { type RouteReply, worklist } from "@nacre/api";
import { type InfiniteData, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { call } from "../client/call.ts";
import { PAGE_ROWS } from "../worklist/use-worklist.ts";

type Lists = InfiniteData<RouteReply<typeof worklist>, number>;

export interface ListNeighbours {
  readonly before: string | undefined;
  readonly next: string | undefined;
  /** Its place in the list, from 1, and how many there are. */
  readonly place: { readonly at: number; readonly of: number } | undefined;
}

const NONE: ListNeighbours = { before: undefined, next: undefined, place: undefined };

export function useListNeighbours(key: string): ListNeighbours {
  const client = useQueryClient();
  const [found, setFound] = useState(() => around(client, key));
  const isMissing = found === undefined;
  useEffect(() => {
    if (!isMissing) return;
    const query = { offset: 0, limit: PAGE_ROWS };
    client
      .fetchInfiniteQuery({
        queryKey: [worklist.id, {}],
        queryFn: ({ signal }) => call(worklist, { query }, signal),
        initialPageParam: 0,
        staleTime: 5000,
      })
      // Without a list there is no way on, and the page says none.
      .then(() => setFound(around(client, key) ?? NONE))
      .catch(() => setFound(NONE));
  }, [client, key, isMissing]);
  return found ?? NONE;
}

function around(client: QueryClient, key: string): ListNeighbours | undefined {
  const lists = client
    .getQueryCache()
    .findAll({ queryKey: [worklist.id] })
    .toSorted((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt)
    .map((query) => query.state.data as Lists | undefined);
  for (const list of lists) {
    const keys = list?.pages.flatMap((page) => page.rows.map((row) => row.key)) ?? [];
    const at = keys.indexOf(key);
    if (at >= 0)
      return { before: keys[at - 1], next: keys[at + 1], place: { at: at + 1, of: list?.pages[0]?.total ?? 0 } };
  }
  return undefined;
}
