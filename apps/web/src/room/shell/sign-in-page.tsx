/** Signing in: with the hospital's account (OpenID Connect), or with a token. */
import { type RouteReply, type readSession, signInWithToken } from "@nacre/api";
import { type FormEvent, type ReactNode, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { useChange } from "../client/use-call.ts";
import { Button, ButtonOut } from "../ui/button.tsx";
import { Failure, failureIn } from "../ui/failure.tsx";
import { TextField } from "../ui/field.tsx";

export interface SignInProps {
  readonly ways: RouteReply<typeof readSession>["signIn"];
  readonly notice: string;
}

export function SignInPage({ ways, notice }: SignInProps): ReactNode {
  const [token, setToken] = useState("");
  const [path] = useLocation();
  const search = useSearch();
  const signIn = useChange(signInWithToken, { refreshes: ["readSession"] });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    signIn.mutate({ body: { token: token.trim() } });
  };
  return (
    <main className="sign-in">
      <div className="card stack">
        <h1>Nacre</h1>
        <p className="soft">Sign in to see cases, slides and studies.</p>
        {ways.includes("oidc") ? (
          <ButtonOut
            kind="primary"
            href={`/api/session/oidc?to=${encodeURIComponent(search === "" ? path : `${path}?${search}`)}`}
          >
            Sign in with your account
          </ButtonOut>
        ) : null}
        {ways.includes("token") ? (
          <form className="stack" onSubmit={submit}>
            <TextField
              title="Token"
              type="password"
              autoComplete="off"
              spellCheck={false}
              placeholder="nacre_…"
              hint="Whoever keeps this service makes tokens. A token is as good as a password: keep it so."
              value={token}
              onChange={(event) => setToken(event.target.value)}
            />
            <Button
              type="submit"
              kind={ways.includes("oidc") ? "plain" : "primary"}
              isBusy={signIn.isPending}
              disabled={token.trim().length < 10}
            >
              Sign in with a token
            </Button>
          </form>
        ) : null}
        {signIn.error === null ? null : <Failure failure={failureIn(signIn.error)} title="Not signed in" />}
        <p className="small soft">{notice}</p>
      </div>
    </main>
  );
}
