import { HoldfastError } from "@holdfast/protocol";

/** Why something that a newcomer brought was not taken. Part of the API: docs/spec/errors.md. */
export type IntroductionErrorCode = "E_INVITE" | "E_OFFER" | "E_LIMIT" | "E_NOT_FOUND";

const SENTENCES: Readonly<Record<IntroductionErrorCode, string>> = {
  E_INVITE: "The invitation is unknown, used or too old.",
  E_OFFER: "What was given is not what this invitation is for.",
  E_LIMIT: "Too many introductions or invitations are open.",
  E_NOT_FOUND: "There is no such introduction.",
};

const NEXT: Readonly<Record<IntroductionErrorCode, string>> = {
  E_INVITE: "Ask for a new one. If you have not used it yourself, tell whoever invited you that somebody else did.",
  E_OFFER: "Give the key in the form that is asked for, whole and alone.",
  E_LIMIT: "Remove what is not needed: `holdfast-agent intro list`, `intro remove`.",
  E_NOT_FOUND: "List what there is: `holdfast-agent intro list`.",
};

/** Something that was brought and not taken; nothing was changed. */
export class IntroductionError extends HoldfastError<IntroductionErrorCode> {
  readonly code: IntroductionErrorCode;
  readonly next: string;

  constructor(code: IntroductionErrorCode, message?: string) {
    super(message ?? SENTENCES[code]);
    this.name = "IntroductionError";
    this.code = code;
    this.next = NEXT[code];
  }
}
