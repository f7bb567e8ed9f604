/** One memory of replies for the page. A signed-out answer anywhere asks who is there again, and the sign-in page comes. */
import { readSession } from "@nacre/api";
import { focusManager, MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { isCallFailure } from "./call.ts";

export function makeQueryClient(): QueryClient {
  const signedOut = (error: unknown, route: unknown): void => {
    if (isCallFailure(error) && error.status === 401 && route !== readSession.id)
      void client.invalidateQueries({ queryKey: [readSession.id] });
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: (error, query) => signedOut(error, query.queryKey[0]) }),
    mutationCache: new MutationCache({ onError: (error) => signedOut(error, null) }),
    defaultOptions: {
      queries: {
        // Refusals stay refusals; only a service that does not answer is asked again.
        retry: (count, error) =>
          count < 3 && isCallFailure(error) && (error.status === 0 || error.status === 503 || error.status === 429),
        refetchOnWindowFocus: true,
        // A network that comes and goes is no person.
        refetchOnReconnect: () => focusManager.isFocused(),
      },
    },
  });
  return client;
}
