import { HoldfastError } from "@holdfast/protocol";

/** Why a certificate could not be had by ACME. */
export type AcmeErrorCode = "E_ACME" | "E_ACME_TERMS" | "E_ACME_DNS";

/** A step of an order that did not go as it should; nothing that is shown was changed. */
export class AcmeError extends HoldfastError<AcmeErrorCode> {
  readonly code: AcmeErrorCode;
  readonly next: string;

  constructor(code: AcmeErrorCode, what: string, next = "See docs/operate/approval-page.md, ACME.") {
    super(what);
    this.name = "AcmeError";
    this.code = code;
    this.next = next;
  }
}

const LONGEST = 300;

/** Words of a server, as they may be shown: text only, of bounded length. */
export function wordsOf(text: unknown): string {
  return typeof text === "string"
    ? text
        .replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, " ")
        .slice(0, LONGEST)
        .trim()
    : "";
}
