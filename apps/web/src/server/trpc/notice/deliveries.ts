import { listDeliveries } from "@holdfast/db";
import { NOTICE_KINDS, noticeTitle } from "@holdfast/notices";
import { z } from "zod";
import { errorMeaning } from "../error-map.ts";
import { environmentProcedure } from "../procedures.ts";
import { pageSize, seconds } from "../schemas/plain.ts";

const row = z.strictObject({
  noticeId: z.uuid(),
  channelId: z.uuid(),
  kind: z.string(),
  title: z.string(),
  state: z.enum(["waiting", "delivered", "dead"]),
  tries: z.number().int(),
  /** Why the last try did not succeed, in words, with its code and the receiver's status. */
  failure: z
    .strictObject({ code: z.string(), what: z.string(), next: z.string(), status: z.number().int().nullable() })
    .nullable(),
  createdAt: seconds,
  triedAt: seconds.nullable(),
  nextAt: seconds.nullable(),
});

/** The last deliveries and what became of them. */
export const deliveries = environmentProcedure({ state: z.enum(["dead"]).optional(), limit: pageSize(100, 50) })
  .output(z.strictObject({ rows: z.array(row) }))
  .query(async ({ ctx, input }) => {
    const found = await ctx.inEnvironment((tx) => listDeliveries(tx, ctx.scope, input));
    return {
      rows: found.map(({ code, status, state, kind, ...rest }) => ({
        ...rest,
        ...{ kind, title: titleOf(kind), state: state as z.infer<typeof row>["state"] },
        failure: code === null ? null : { ...meaningOf(code), status },
      })),
    };
  });

function meaningOf(code: string) {
  const { what, next } = errorMeaning(code);
  return { code, what, next };
}

function titleOf(kind: string): string {
  const known = NOTICE_KINDS.find((each) => each === kind);
  return known === undefined ? kind : noticeTitle(known);
}
