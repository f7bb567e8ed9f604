/** How every refusal and failure looks on the wire: the same four words as on the command line. */
import { z } from "zod";

export const failureSchema = z.object({
  kind: z.string(),
  expected: z.string(),
  received: z.string(),
  remedy: z.string(),
});
export type ApiFailure = z.infer<typeof failureSchema>;

export const errorSchema = z.object({ error: failureSchema });
