import { KEY_SORTS, listKeys } from "@holdfast/db";
import { z } from "zod";
import { environmentProcedure } from "../procedures.ts";
import { keyRow, keyState } from "../schemas/key.ts";
import { cursor, nextCursor, pageSize } from "../schemas/plain.ts";
import { told } from "../schemas/told.ts";

/** One page of keys. */
export const list = environmentProcedure({
  search: z.string().max(128).optional(),
  label: z.string().max(128).optional(),
  state: keyState.optional(),
  group: z.string().max(64).optional(),
  algorithm: z.string().max(32).optional(),
  sort: z.enum(KEY_SORTS).default("label"),
  limit: pageSize(200, 100),
  cursor,
})
  .output(told(z.strictObject({ rows: z.array(keyRow), nextCursor })))
  .query(({ ctx, input }) => ctx.inEnvironment((tx) => listKeys(tx, ctx.scope, input)));
