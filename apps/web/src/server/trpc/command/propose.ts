import { countOpenCommands, findEnvironment, hasMailboxRoom, proposeCommands } from "@holdfast/db";
import { z } from "zod";
import { limit } from "../../auth/limits.ts";
import { WebError } from "../../web-error.ts";
import { environmentProcedure } from "../procedures.ts";
import { hash } from "../schemas/plain.ts";
import { readProposal } from "./read-proposal.ts";

const MOST_AT_ONCE = 50;
const MOST_OPEN = 2_000;
/** 256 KiB as base64url. */
const LONGEST_DOC = 349_526;

const doc = z
  .string()
  .min(4)
  .max(LONGEST_DOC)
  .regex(/^[A-Za-z0-9_-]+$/);

/** Puts the exact bytes that the browser built into the key servers' mailbox. Nothing happens by that alone. */
export const propose = environmentProcedure({ docs: z.array(doc).min(1).max(MOST_AT_ONCE) }, { writes: true })
  .output(z.strictObject({ hashes: z.array(hash) }))
  .mutation(async ({ ctx, input }) => {
    await limit(ctx.db.identity, "proposals of an account", ctx.account.id);
    const now = Math.floor(Date.now() / 1000);
    return ctx.inTenant(async (tx) => {
      const environment = await findEnvironment(tx, ctx.scope);
      if (environment === null) throw new WebError("NOT_FOUND");
      const { tid } = environment;
      if (tid === null) throw new WebError("NOT_LINKED");
      const commands = input.docs.map((each) => readProposal(each, tid, now));
      const open = await countOpenCommands(tx, ctx.scope, now);
      const room = await hasMailboxRoom(tx, ctx.tenantId, { docs: input.docs, now });
      if (open + commands.length > MOST_OPEN || !room) throw new WebError("MAILBOX_FULL");
      await proposeCommands(tx, ctx.scope, { commands, proposedBy: ctx.account.id });
      return { hashes: commands.map((command) => command.hash) };
    });
  });
