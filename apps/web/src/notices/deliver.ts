import type { DueDelivery } from "@holdfast/db";
import {
  decodeNotice,
  findReceiverUrl,
  NoticeError,
  nextTryAfter,
  noticeText,
  postWebhook,
  sendMail,
} from "@holdfast/notices";
import type { NoticeKey } from "./notice-key.ts";
import type { NoticeSettings } from "./notice-settings.ts";

/** What delivering needs. */
export interface DeliveryParts {
  readonly settings: Pick<NoticeSettings, "receivers" | "ca" | "mail">;
  readonly key: NoticeKey;
}

/** How a try went; `nextAt` is null where there will be no other. */
export interface Tried {
  readonly delivered: boolean;
  readonly code: string | null;
  readonly status: number | null;
  readonly nextAt: Date | null;
}

/** Tries one delivery once. Never throws for what a receiver does. */
export async function tryDelivery(due: DueDelivery, parts: DeliveryParts, now: Date): Promise<Tried> {
  try {
    const status = await send(due, parts, now);
    return { delivered: true, code: null, status, nextAt: null };
  } catch (error) {
    if (!(error instanceof NoticeError)) throw error;
    const { code, retry, detail } = error;
    const pause = retry === "never" ? null : nextTryAfter(due.delivery.tries + 1);
    const nextAt = pause === null ? null : new Date(now.getTime() + pause * 1000);
    return { delivered: false, code, status: typeof detail["status"] === "number" ? detail["status"] : null, nextAt };
  }
}

async function send(
  { notice, channel }: DueDelivery,
  { settings, key }: DeliveryParts,
  now: Date,
): Promise<number | null> {
  if (channel.form === "mail") {
    if (settings.mail === null) throw new NoticeError("C_MAIL");
    const { subject, text } = noticeText(decodeNotice(notice.id, notice.body));
    const code = notice.kind === "notices.confirm" ? `\nThe code: ${key.codeOf(channel.id)}\n` : "";
    await sendMail({ id: notice.id, to: channel.target, subject, text: `${text}${code}` }, settings.mail);
    return null;
  }
  const url = findReceiverUrl(channel.target);
  if (url === null) throw new NoticeError("C_SSRF");
  const target = { url, secrets: key.secretsOf(channel, now), receivers: settings.receivers, ca: settings.ca };
  const { status } = await postWebhook({ id: notice.id, body: notice.body }, target, Math.floor(now.getTime() / 1000));
  return status;
}
