import { HoldfastError } from "@holdfast/protocol";

/** Why the dashboard's server refuses a request. */
export type WebErrorCode =
  | "BAD_INPUT"
  | "CEREMONY"
  | "CONFIGURATION"
  | "CROSS_SITE"
  | "FORBIDDEN"
  | "LAST_PASSKEY"
  | "MAILBOX_FULL"
  | "METHOD"
  | "NAME_TAKEN"
  | "NO_GATEWAY"
  | "NOTICES_OFF"
  | "NOTICE_CODE"
  | "NOTICE_TARGET"
  | "NOT_FOUND"
  | "NOT_LINKED"
  | "NOT_OPEN"
  | "PASSKEY"
  | "RATE"
  | "STEP_UP"
  | "TOO_LARGE"
  | "UNAUTHORIZED"
  | "UNEXPECTED"
  | "MEDIA_TYPE";

/** A refusal by the dashboard's server; its words for a person are in trpc/error-map.ts. */
export class WebError extends HoldfastError<WebErrorCode> {
  readonly code: WebErrorCode;
  override readonly detail: Readonly<Record<string, string | number>>;

  constructor(code: WebErrorCode, detail: Readonly<Record<string, string | number>> = {}) {
    super(code);
    this.name = "WebError";
    this.code = code;
    this.detail = detail;
  }
}
