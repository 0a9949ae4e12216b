import { findEnvironment, listAgents } from "@holdfast/db";
import { z } from "zod";
import { readEnvironment } from "../../env.ts";
import { WebError } from "../../web-error.ts";
import { environmentProcedure } from "../procedures.ts";
import { count, hash, seconds } from "../schemas/plain.ts";

/** One environment: its name, the id of its trust root, and who reports for it. Claims, until a browser checks them. */
export const get = environmentProcedure({})
  .output(
    z.strictObject({
      id: z.uuid(),
      name: z.string(),
      tid: z.string().nullable(),
      createdAt: seconds,
      roster: z.strictObject({ seq: count, hash }).nullable(),
      /** The approval page that this operator serves. */
      hostedOrigin: z.string().nullable(),
      agents: z.array(z.strictObject({ aid: z.string(), name: z.string() })),
    }),
  )
  .query(({ ctx }) =>
    ctx.inTenant(async (tx) => {
      const found = await findEnvironment(tx, ctx.scope);
      if (found === null) throw new WebError("NOT_FOUND");
      const { id, name, tid, createdAt, rosterSeq, rosterHash } = found;
      const agents = await listAgents(tx, ctx.scope);
      return {
        id,
        name,
        tid,
        createdAt: Math.floor(createdAt.getTime() / 1000),
        roster: rosterSeq === null || rosterHash === null ? null : { seq: Number(rosterSeq), hash: rosterHash },
        hostedOrigin: readEnvironment().hostedOrigin,
        agents: agents.map((agent) => ({ aid: agent.aid, name: agent.name })),
      };
    }),
  );
