/** A button, and a link that looks like one. */
import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ReactNode } from "react";
import { Link } from "wouter";

export type ButtonKind = "plain" | "primary" | "quiet" | "danger";

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly kind?: ButtonKind;
  /** Work is under way: the button waits. */
  readonly isBusy?: boolean;
}

export function Button({ kind = "plain", isBusy = false, className = "", disabled, ...rest }: ButtonProps): ReactNode {
  return (
    <button
      type="button"
      className={`button ${kind} ${className}`}
      disabled={disabled === true || isBusy}
      aria-busy={isBusy}
      {...rest}
    />
  );
}

/** A link inside the app that looks like a button. */
export function ButtonLink({
  kind = "plain",
  to,
  children,
}: {
  readonly kind?: ButtonKind;
  readonly to: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <Link href={to} className={`button ${kind}`}>
      {children}
    </Link>
  );
}

/** A link that leaves the app's own pages: a download, a printed report. */
export function ButtonOut({
  kind = "plain",
  ...rest
}: AnchorHTMLAttributes<HTMLAnchorElement> & { readonly kind?: ButtonKind }): ReactNode {
  return <a className={`button ${kind}`} {...rest} />;
}
