/**
 * Notices to people: what they hold, how they are signed, and how they reach a webhook or a mailbox.
 *
 * @packageDocumentation
 */
export { NOTICE_ERROR_CODES, NoticeError, type NoticeErrorCode, noticeErrorText } from "./errors.ts";
export { ANY_RECEIVER, publicReceivers, type Receivers } from "./guard/receivers.ts";
export { findMailServer, isMailAddress, type MailServer } from "./mail/mail-server.ts";
export { sendMail } from "./mail/send-mail.ts";
export { MOST_TRIES, nextTryAfter } from "./next-try.ts";
export { DECIDED_KINDS, decidedItem } from "./notice/decided.ts";
export { EXPIRY_SECONDS, expiryStage } from "./notice/expiry-stage.ts";
export {
  cutItems,
  decodeNotice,
  encodeNotice,
  NOTICE_KINDS,
  type Notice,
  type NoticeItem,
  type NoticeKind,
  type NoticeSource,
} from "./notice/notice.ts";
export { type NoticeText, noticeText, noticeTitle } from "./notice/notice-text.ts";
export { postWebhook, type ResolveName } from "./webhook/post-webhook.ts";
export { findReceiverUrl, receiverName } from "./webhook/receiver-url.ts";
export { makeWebhookSecret, signWebhook } from "./webhook/sign-webhook.ts";
