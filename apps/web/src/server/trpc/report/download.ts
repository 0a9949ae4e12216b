import { findReportFile, findReportPart } from "@holdfast/db";
import { z } from "zod";
import { WebError } from "../../web-error.ts";
import { environmentProcedure } from "../procedures.ts";

/** One part of a report's file, as the key server sent it. */
export const download = environmentProcedure({
  reportId: z.uuid(),
  name: z.string().max(128),
  part: z.number().int().min(0).max(255),
})
  .output(z.strictObject({ base64: z.base64(), parts: z.number().int(), mediaType: z.string() }))
  .query(({ ctx, input }) =>
    ctx.inEnvironment(async (tx) => {
      const { reportId, name, part: n } = input;
      const file = await findReportFile(tx, ctx.scope, reportId, name);
      const data = file && (await findReportPart(tx, ctx.scope, { reportId, name, n }));
      if (!file || !data) throw new WebError("NOT_FOUND");
      return { base64: Buffer.from(data).toString("base64"), parts: file.partCount, mediaType: file.mediaType };
    }),
  );
