import { confirmChannel, countConfirmTry, findChannel } from "@holdfast/db";
import { z } from "zod";
import { WebError } from "../../web-error.ts";
import { environmentProcedure } from "../procedures.ts";
import { nothing } from "../schemas/plain.ts";
import { noticeParts } from "./receivers.ts";

const MOST_TRIES = 5;

/** Takes the code that was sent to a mail address. After five wrong ones the address has to be added anew. */
export const confirm = environmentProcedure({ id: z.uuid(), code: z.string().regex(/^\d{8}$/) }, { writes: true })
  .output(nothing)
  .mutation(async ({ ctx, input }) => {
    const { key } = noticeParts();
    const right = await ctx.inEnvironment(async (tx) => {
      const channel = await findChannel(tx, ctx.scope, input.id);
      if (channel === null) throw new WebError("NOT_FOUND");
      // Counted in a transaction that commits, whatever the answer is.
      const isRight =
        (await countConfirmTry(tx, ctx.scope, input.id)) <= MOST_TRIES && key.isCodeOf(input.id, input.code);
      if (isRight) await confirmChannel(tx, ctx.scope, input.id);
      return isRight;
    });
    if (!right) throw new WebError("NOTICE_CODE");
    return {};
  });
