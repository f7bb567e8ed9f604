/**
 * Who may do what. Roles are a ladder: each may do all that those before it may. `worker` stands beside the ladder: it takes jobs and sees no page.
 * Rights are granted apart, whatever the role: a label or a macro picture shows the patient's name.
 */
import { z } from "zod";

/** viewer: look · reader: annotate, draft and sign · researcher: studies, search, exports · admin: tokens, webhooks, trail. */
export const LADDER = ["viewer", "reader", "researcher", "admin"] as const;

export const roleSchema = z.enum([...LADDER, "worker"]);
export type Role = z.infer<typeof roleSchema>;

export const RIGHTS = ["identifiers", "labels"] as const;
export const rightSchema = z.enum(RIGHTS);
/** identifiers: patient ids and free text of the file · labels: pictures of the glass label and the whole glass. */
export type Right = z.infer<typeof rightSchema>;

/** Whether somebody of role `has` may do what asks for `needs`. */
export function mayDo(has: Role, needs: Role): boolean {
  if (has === "worker" || needs === "worker") return has === needs || has === "admin";
  return LADDER.indexOf(has) >= LADDER.indexOf(needs);
}

export const personSchema = z.object({
  /** Stable id: the subject of the identity provider, a token's id, or "local". */
  id: z.string(),
  name: z.string(),
  role: roleSchema,
  rights: z.array(rightSchema),
  /** Keys of the projects that may be seen; null: all. */
  projects: z.array(z.string()).nullable(),
  how: z.enum(["loopback", "token", "oidc"]),
});
/** Somebody, or something with a token, that calls. */
export type Person = z.infer<typeof personSchema>;
