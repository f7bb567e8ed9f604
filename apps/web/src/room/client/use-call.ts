/** Routes as React Query sees them: the route's id and the input are the key. */
import type { Route, RouteCall, RouteName, RouteReply } from "@nacre/api";
import {
  keepPreviousData,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { type CallFailure, call } from "./call.ts";

export interface UseCallOptions {
  /** Shows the former reply while a new input is asked for: for filters and pages of a list. */
  readonly keepsFormer?: boolean;
  /** Asks again every so many milliseconds, while somebody sits at the page. */
  readonly everyMs?: number | false;
  /** How long a reply counts as fresh. */
  readonly freshMs?: number;
}

/** A call as the page's memory of replies keeps it: the same route with the same input is one. */
export function asQuery<T extends Route>(route: T, input: RouteCall<T> | null = {}) {
  return {
    queryKey: [route.id, input] as const,
    queryFn: ({ signal }: { readonly signal: AbortSignal }): Promise<RouteReply<T>> => call(route, input ?? {}, signal),
  };
}

/** The reply of a route; `input` null: not now. */
export function useCall<T extends Route>(
  route: T,
  input: RouteCall<T> | null = {},
  { keepsFormer = false, everyMs = false, freshMs = 5000 }: UseCallOptions = {},
): UseQueryResult<RouteReply<T>, CallFailure> {
  return useQuery<RouteReply<T>, CallFailure>({
    ...asQuery(route, input),
    enabled: input !== null,
    refetchInterval: everyMs,
    staleTime: freshMs,
    ...(keepsFormer ? { placeholderData: keepPreviousData as never } : {}),
  });
}

export interface UseChangeOptions<T extends Route> {
  /** Routes whose replies are old after the change. */
  readonly refreshes?: readonly RouteName[];
  readonly done?: (reply: RouteReply<T>, input: RouteCall<T>) => void;
}

/** A route that changes something. */
export function useChange<T extends Route>(
  route: T,
  { refreshes = [], done }: UseChangeOptions<T> = {},
): UseMutationResult<RouteReply<T>, CallFailure, RouteCall<T>> {
  const client = useQueryClient();
  return useMutation<RouteReply<T>, CallFailure, RouteCall<T>>({
    mutationFn: (input) => call(route, input),
    onSuccess: (reply, input) => {
      done?.(reply, input);
      for (const name of refreshes) void client.invalidateQueries({ queryKey: [name] });
    },
  });
}
