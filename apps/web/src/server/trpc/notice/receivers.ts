import type { NoticeChannel } from "@holdfast/db";
import { NOTICE_KINDS, noticeTitle, receiverName } from "@holdfast/notices";
import { z } from "zod";
import { NoticeKey } from "../../../notices/notice-key.ts";
import { type NoticeSettings, readNoticeSettings } from "../../../notices/notice-settings.ts";
import { WebError } from "../../web-error.ts";
import { seconds } from "../schemas/plain.ts";

/** What a person may choose among; the others go to everybody, or to one who asked. */
export const CHOSEN_KINDS = NOTICE_KINDS.filter(
  (kind) =>
    !["control-plane.unreachable", "commands.refused", "witnesses.silent"].includes(kind) &&
    !kind.startsWith("notices."),
);

export const kinds = z
  .array(z.enum(CHOSEN_KINDS as [string, ...string[]]))
  .min(1)
  .max(CHOSEN_KINDS.length);

export const receiver = z.strictObject({
  id: z.uuid(),
  form: z.enum(["webhook", "mail"]),
  /** A mail address, or only the origin of a webhook: tokens often stand in its path. */
  name: z.string(),
  kinds: z.array(z.string()),
  confirmed: z.boolean(),
  createdAt: seconds,
  /** Until when the secret before this one signs as well. */
  previousUntil: seconds.nullable(),
});

export function showReceiver(channel: NoticeChannel): z.infer<typeof receiver> {
  const { id, form, target, kinds: its, confirmedAt, createdAt, previousUntil } = channel;
  const until = previousUntil === null ? null : Math.floor(previousUntil.getTime() / 1000);
  return {
    ...{ id, form: form === "mail" ? "mail" : "webhook", name: form === "mail" ? target : `${receiverName(target)}/…` },
    ...{ kinds: its, confirmed: confirmedAt !== null, createdAt: Math.floor(createdAt.getTime() / 1000) },
    previousUntil: until !== null && until * 1000 > Date.now() ? until : null,
  };
}

/** What every kind is called. */
export function titledKinds(): { kind: string; title: string }[] {
  return CHOSEN_KINDS.map((kind) => ({ kind, title: noticeTitle(kind) }));
}

/** How notices leave here. @throws {@link WebError} `NOTICES_OFF` where the operator has not set them up */
export function noticeParts(): { readonly settings: NoticeSettings; readonly key: NoticeKey } {
  const settings = findNoticeSettings();
  if (settings === null) throw new WebError("NOTICES_OFF");
  return { settings, key: NoticeKey.open(settings.keyFile) };
}

export function findNoticeSettings(): NoticeSettings | null {
  return readNoticeSettings(process.env);
}
