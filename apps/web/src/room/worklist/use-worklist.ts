/** The worklist page by page, as far as it was scrolled, and the changes a reader makes to it. */
import { type CaseRow, changeCase, type RouteCall, type RouteReply, worklist } from "@nacre/api";
import { type InfiniteData, keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { type CallFailure, call } from "../client/call.ts";
import { useChange } from "../client/use-call.ts";

/** Rows of the first page, which is to stand soon, and of those that scrolling brings. */
export const PAGE_ROWS = 200;
const MORE_ROWS = 500;
/** Pages that are asked for anew by themselves: whoever has scrolled further down looks for something, and waits for no news. */
const MOST_RENEWED = 3;

export type WorklistFilter = Omit<NonNullable<RouteCall<typeof worklist>["query"]>, "offset" | "limit">;
type Reply = RouteReply<typeof worklist>;

export interface WorklistState {
  /** Undefined until the first answer. */
  readonly first: Reply | undefined;
  readonly rows: readonly CaseRow[];
  readonly failure: CallFailure | null;
  /** Rows of a former filter stand while the new ones are fetched. */
  readonly isFormer: boolean;
  readonly more: (() => void) | undefined;
  readonly again: () => void;
}

export function useWorklist(filter: WorklistFilter): WorklistState {
  const query = useInfiniteQuery<Reply, CallFailure, InfiniteData<Reply, number>, unknown[], number>({
    queryKey: [worklist.id, filter],
    queryFn: ({ pageParam, signal }) =>
      call(
        worklist,
        { query: { ...filter, offset: pageParam, limit: pageParam === 0 ? PAGE_ROWS : MORE_ROWS } },
        signal,
      ),
    initialPageParam: 0,
    getNextPageParam: (last, _, offset) =>
      offset + last.rows.length < last.total && last.rows.length > 0 ? offset + last.rows.length : undefined,
    placeholderData: keepPreviousData,
    staleTime: 5000,
    // What others do to the cases shows without a reload.
    refetchInterval: (own) => (isShort(own) ? 30_000 : false),
    refetchOnWindowFocus: isShort,
  });
  const rows = useMemo(() => {
    // A case may move between two pages while they are fetched: it is shown once.
    const seen = new Map<string, CaseRow>();
    for (const page of query.data?.pages ?? []) for (const row of page.rows) seen.set(row.key, row);
    return [...seen.values()];
  }, [query.data]);
  const { fetchNextPage, refetch, hasNextPage, isFetchingNextPage } = query;
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  return {
    first: query.data?.pages[0],
    rows,
    failure: query.error,
    isFormer: query.isPlaceholderData,
    more: hasNextPage && !isFetchingNextPage ? more : undefined,
    again: () => void refetch(),
  };
}

function isShort({ state }: { readonly state: { readonly data?: InfiniteData<Reply, number> | undefined } }): boolean {
  return (state.data?.pages.length ?? 0) <= MOST_RENEWED;
}

/** Changes a case; the list shows the new row at once, in its place. */
export function useCaseChange() {
  const client = useQueryClient();
  return useChange(changeCase, {
    refreshes: ["readCase"],
    done: (row) => {
      client.setQueriesData<InfiniteData<Reply, number>>({ queryKey: [worklist.id] }, (data) =>
        data === undefined
          ? data
          : {
              ...data,
              pages: data.pages.map((page) => ({
                ...page,
                rows: page.rows.map((old) => (old.key === row.key ? row : old)),
              })),
            },
      );
    },
  });
}
