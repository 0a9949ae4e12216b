import { isIP } from "node:net";
import { addChannel, countChannels, NOTICE_FORMS } from "@holdfast/db";
import { findReceiverUrl, isMailAddress, NoticeError } from "@holdfast/notices";
import { z } from "zod";
import type { NoticeSettings } from "../../../notices/notice-settings.ts";
import { writeTo } from "../../../notices/write-notices.ts";
import { limit } from "../../auth/limits.ts";
import { isFresh } from "../../auth/sessions.ts";
import { WebError } from "../../web-error.ts";
import { environmentProcedure } from "../procedures.ts";
import { kinds, noticeParts, receiver, showReceiver } from "./receivers.ts";

const MOST_OF_A_TENANT = 20;

/**
 * Adds a receiver. What an organisation's metadata says leaves by it, so the person shows a passkey first.
 *
 * A webhook's secret is told once, here. A mail address gets a code, and nothing else until its owner has given it.
 */
export const add = environmentProcedure(
  { form: z.enum(NOTICE_FORMS), target: z.string().trim().min(1).max(2048), kinds },
  { writes: true },
)
  .output(z.strictObject({ receiver, secret: z.string().nullable() }))
  .mutation(async ({ ctx, input }) => {
    const { settings, key } = noticeParts();
    checkTarget(input, settings);
    if (!isFresh(ctx.who)) throw new WebError("STEP_UP");
    await limit(ctx.db.identity, "notice receivers of an organisation", ctx.tenantId);
    const { form, target } = input;
    const channel = await ctx.inEnvironment(async (tx) => {
      if ((await countChannels(tx, ctx.tenantId)) >= MOST_OF_A_TENANT) throw new WebError("RATE");
      const made = await addChannel(tx, ctx.scope, {
        form,
        target,
        kinds: [...new Set(input.kinds)],
        by: ctx.account.id,
      });
      const pages = { origin: settings.origin, now: Math.floor(Date.now() / 1000) };
      if (form === "mail") await writeTo(tx, ctx.scope, made.id, "notices.confirm", pages);
      return made;
    });
    await ctx.db.identity.noticeTurns.add(ctx.tenantId);
    return { receiver: showReceiver(channel), secret: form === "webhook" ? key.secretOf(channel) : null };
  });

/** @throws {@link WebError} `NOTICE_TARGET`, `NOTICES_OFF`; {@link NoticeError} `C_SSRF` for an address that is refused as it stands */
function checkTarget({ form, target }: { form: string; target: string }, { receivers, mail }: NoticeSettings): void {
  if (form === "mail") {
    if (mail === null) throw new WebError("NOTICES_OFF");
    if (!isMailAddress(target)) throw new WebError("NOTICE_TARGET");
    return;
  }
  const url = findReceiverUrl(target);
  if (url === null) throw new WebError("NOTICE_TARGET");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && !receivers.permits(host)) throw new NoticeError("C_SSRF");
}
