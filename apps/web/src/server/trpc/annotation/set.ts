import { writeAnnotation } from "@holdfast/db";
import { isPlainText } from "@holdfast/protocol";
import { z } from "zod";
import { environmentProcedure } from "../procedures.ts";
import { nothing, subject } from "../schemas/plain.ts";

const line = z.string().max(200).refine(isPlainText);
const lines = z
  .string()
  .max(4000)
  .refine((text) => text.split("\n").every(isPlainText));

/** Notes something beside a key, client or command. No grant and no key server reads it. */
export const set = environmentProcedure(
  { subject, title: line, notes: lines, owner: line, ticket: line },
  { writes: true },
)
  .output(nothing)
  .mutation(async ({ ctx, input }) => {
    const { title, notes, owner, ticket } = input;
    await ctx.inEnvironment((tx) =>
      writeAnnotation(tx, ctx.scope, {
        subject: input.subject,
        annotation: { title, notes, owner, ticket },
        writtenBy: ctx.account.id,
      }),
    );
    return {};
  });
