import { HoldfastError } from "@holdfast/protocol";

/** Why a notice was not delivered. */
export const NOTICE_ERROR_CODES = [
  "C_ADDRESS",
  "C_GONE",
  "C_MAIL",
  "C_REDIRECT",
  "C_SSRF",
  "C_STATUS",
  "C_TIMEOUT",
  "C_TLS",
  "C_UNREACHABLE",
] as const;

export type NoticeErrorCode = (typeof NOTICE_ERROR_CODES)[number];

/** What a code means to the person who set the receiver up, and what they can do. */
export const noticeErrorText: Readonly<Record<NoticeErrorCode, { readonly what: string; readonly next: string }>> = {
  C_ADDRESS: { what: "The receiver's name does not resolve.", next: "Check the address." },
  C_GONE: {
    what: "The receiver says that it is gone for good (410).",
    next: "Remove it here, or set it up there again.",
  },
  C_MAIL: {
    what: "The mail server refuses the message.",
    next: "Check the mail address, and the mail server's settings.",
  },
  C_REDIRECT: { what: "The receiver redirects.", next: "Give the address that it redirects to, if it is yours." },
  C_SSRF: {
    what: "The address leads inside the network of whoever runs this.",
    next: "Give an https address that the public Internet reaches; docs/operate/notices.md says how an operator permits another.",
  },
  C_STATUS: { what: "The receiver does not answer with success (2xx).", next: "Look into the receiver's own log." },
  C_TIMEOUT: { what: "The receiver does not answer in time.", next: "Have it answer first, and work afterwards." },
  C_TLS: {
    what: "No TLS connection that can be trusted.",
    next: "Check the receiver's certificate; mail servers must offer STARTTLS, or TLS at once.",
  },
  C_UNREACHABLE: { what: "The receiver cannot be reached.", next: "Check address, port and firewalls." },
};

/** A delivery that did not succeed. `detail` holds the status only. */
export class NoticeError extends HoldfastError<NoticeErrorCode> {
  readonly code: NoticeErrorCode;
  override readonly retry: "never" | "later";
  override readonly detail: Readonly<Record<string, string | number>>;

  constructor(code: NoticeErrorCode, detail: Readonly<Record<string, string | number>> = {}) {
    super(noticeErrorText[code].what);
    this.name = "NoticeError";
    this.code = code;
    this.retry = code === "C_GONE" ? "never" : "later";
    this.detail = detail;
  }
}
