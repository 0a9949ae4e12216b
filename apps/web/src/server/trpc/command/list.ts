import { listCommands } from "@holdfast/db";
import { z } from "zod";
import { environmentProcedure } from "../procedures.ts";
import { commandRow } from "../schemas/command.ts";
import { cursor, nextCursor, pageSize } from "../schemas/plain.ts";
import { told } from "../schemas/told.ts";

/** One page of commands that wait, or that are decided. */
export const list = environmentProcedure({
  status: z.enum(["open", "done"]),
  limit: pageSize(100, 50),
  cursor,
})
  .output(told(z.strictObject({ rows: z.array(commandRow), nextCursor })))
  .query(({ ctx, input }) => {
    const now = Math.floor(Date.now() / 1000);
    const { status, limit, cursor: after } = input;
    return ctx.inEnvironment((tx) =>
      listCommands(tx, ctx.scope, { open: status === "open", limit, cursor: after, now }),
    );
  });
