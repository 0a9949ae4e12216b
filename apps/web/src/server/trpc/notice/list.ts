import { listChannels } from "@holdfast/db";
import { z } from "zod";
import { environmentProcedure } from "../procedures.ts";
import { findNoticeSettings, receiver, showReceiver, titledKinds } from "./receivers.ts";

/** Where notices of this environment go, and what can be chosen. */
export const list = environmentProcedure({})
  .output(
    z.strictObject({
      rows: z.array(receiver),
      kinds: z.array(z.strictObject({ kind: z.string(), title: z.string() })),
      /** Whether whoever runs this has set notices up, and a mail server for them. */
      offered: z.strictObject({ webhook: z.boolean(), mail: z.boolean() }),
    }),
  )
  .query(async ({ ctx }) => {
    const settings = findNoticeSettings();
    const rows = await ctx.inEnvironment((tx) => listChannels(tx, ctx.scope));
    return {
      rows: rows.map(showReceiver),
      kinds: titledKinds(),
      offered: { webhook: settings !== null, mail: settings?.mail != null },
    };
  });
