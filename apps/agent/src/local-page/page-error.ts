import { HoldfastError } from "@holdfast/protocol";

/** What can go wrong at the agent's page apart from what admission refuses. */
export type PageErrorCode = "E_BUILD" | "E_CLAIM" | "E_HANDOVER" | "E_PAGE_CALL" | "E_PAGE_CHECK" | "E_PAGE_SETUP";

/** A refusal of the agent's page, with the next step for the person in front of it. */
export class PageError extends HoldfastError<PageErrorCode> {
  readonly code: PageErrorCode;
  readonly next: string;

  constructor(code: PageErrorCode, what: string, next: string) {
    super(what);
    this.name = "PageError";
    this.code = code;
    this.next = next;
  }
}
