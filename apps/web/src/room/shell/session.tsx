/** Who is there. Without anybody, the sign-in page stands in the place of every page. */
import { mayDo, type Person, type Right, type Role, type RouteReply, readSession } from "@nacre/api";
import { createContext, type ReactNode, useContext, useMemo } from "react";
import { rememberCsrf } from "../client/call.ts";
import { useCall } from "../client/use-call.ts";
import { Failure, failureIn } from "../ui/failure.tsx";
import { SignInPage } from "./sign-in-page.tsx";

export type Session = Omit<RouteReply<typeof readSession>, "person"> & { readonly person: Person };

const SessionContext = createContext<Session | null>(null);

/** The session of the page. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null)
    throw new TypeError("useSession: expected a session around the page, received none; render inside WithSession");
  return session;
}

/** Whether the person may do what asks for a role. */
export function useMay(needs: Role): boolean {
  return mayDo(useSession().person.role, needs);
}

export function useHasRight(right: Right): boolean {
  return useSession().person.rights.includes(right);
}

export function WithSession({ children }: { readonly children: ReactNode }): ReactNode {
  const { data, error, refetch } = useCall(readSession, {}, { freshMs: 60_000 });
  const csrf = data?.csrf ?? null;
  // A layout effect of the outermost component would come after its children's: the word is kept before they are rendered.
  useMemo(() => rememberCsrf(csrf), [csrf]);
  if (data === undefined)
    return error === null ? null : (
      <main className="page">
        <Failure failure={failureIn(error)} title="The service does not answer" retry={() => void refetch()} />
      </main>
    );
  if (data.person === null) return <SignInPage ways={data.signIn} notice={data.notice} />;
  return <SessionContext value={{ ...data, person: data.person }}>{children}</SessionContext>;
}
