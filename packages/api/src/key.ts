/** Opaque keys: 16 hexadecimal digits that stand for a project, slide, case, study. What they stand for never shows in an address or a log. */
import { z } from "zod";

export const keySchema = z.string().regex(/^[0-9a-f]{16}$/, "expected 16 hexadecimal digits");
export const uuidSchema = z.uuid();
/** A moment, ISO 8601 in UTC. */
export const momentSchema = z.iso.datetime();
/** One page of a list: at most 500 rows from `offset`. */
export const pageSchema = z.object({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
