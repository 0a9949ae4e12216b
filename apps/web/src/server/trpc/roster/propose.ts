import { countOpenLinks, findEnvironment, proposeLink } from "@holdfast/db";
import { z } from "zod";
import { limit } from "../../auth/limits.ts";
import { WebError } from "../../web-error.ts";
import { environmentProcedure } from "../procedures.ts";
import { hash } from "../schemas/plain.ts";
import { base64urlText } from "../schemas/roster.ts";
import { readLinkProposal } from "./read-link-proposal.ts";

const MOST_OPEN = 50;
const MOST_INTRODUCTIONS = 16;
/** 256 KiB as base64url, and the largest introduction. */
const LONGEST_DOC = 349_526;
const LONGEST_INTRODUCTION = 21_846;

/** Puts the exact bytes that the browser built into the key servers' mailbox. Nothing happens by that alone. */
export const propose = environmentProcedure(
  {
    doc: base64urlText(LONGEST_DOC),
    intros: z.array(base64urlText(LONGEST_INTRODUCTION)).max(MOST_INTRODUCTIONS),
  },
  { writes: true },
)
  .output(z.strictObject({ hash }))
  .mutation(async ({ ctx, input }) => {
    await limit(ctx.db.identity, "proposals of an account", ctx.account.id);
    const now = Math.floor(Date.now() / 1000);
    return ctx.inTenant(async (tx) => {
      const environment = await findEnvironment(tx, ctx.scope);
      if (environment === null) throw new WebError("NOT_FOUND");
      if (environment.tid === null) throw new WebError("NOT_LINKED");
      const link = readLinkProposal(input, environment.tid, now);
      if ((await countOpenLinks(tx, ctx.scope, now)) >= MOST_OPEN) throw new WebError("RATE");
      await proposeLink(tx, ctx.scope, { link, proposedBy: ctx.account.id });
      return { hash: link.hash };
    });
  });
