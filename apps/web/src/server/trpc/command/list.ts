import { COMMAND_STAGES, listCommands } from "@holdfast/db";
import { z } from "zod";
import { environmentProcedure } from "../procedures.ts";
import { commandRow } from "../schemas/command.ts";
import { cursor, nextCursor, pageSize, subject } from "../schemas/plain.ts";
import { told } from "../schemas/told.ts";

/** One page of commands that need approvals, that wait their delay, or that are decided. */
export const list = environmentProcedure({
  status: z.enum(COMMAND_STAGES),
  subject: subject.optional(),
  limit: pageSize(100, 50),
  cursor,
})
  .output(told(z.strictObject({ rows: z.array(commandRow), nextCursor })))
  .query(({ ctx, input }) => {
    const now = Math.floor(Date.now() / 1000);
    const { status: stage, subject: about, limit, cursor: after } = input;
    return ctx.inEnvironment((tx) => listCommands(tx, ctx.scope, { stage, subject: about, limit, cursor: after, now }));
  });
