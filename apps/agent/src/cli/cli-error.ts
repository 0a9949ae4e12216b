import { HoldfastError } from "@holdfast/protocol";

/** What can be wrong with a command line or with reaching the agent, apart from what the agent itself refuses. */
export type CliErrorCode =
  | "E_USAGE"
  | "E_NOT_RUNNING"
  | "E_NO_TERMINAL"
  | "E_STOPPED"
  | "E_REKEY_UNKNOWN"
  | "E_DATA_EXISTS"
  | "E_NO_DATA"
  | "E_FILE"
  | "E_SECRET_FILE"
  | "E_UNREACHABLE"
  | "E_ANSWER"
  | "E_IN_USE"
  | "E_WORDS"
  | "E_CUSTODIAN_FILE"
  | "E_WAITED"
  | "E_FIPS"
  | "E_PAGE_SETUP"
  | "E_PAGE_CHECK";

/**
 * A command that could not be carried out, in words for the person who typed it.
 *
 * `what` says what happened and `next` what to do; both are shown as they are and hold nothing secret.
 */
export class CliError extends HoldfastError<CliErrorCode> {
  readonly code: CliErrorCode;
  readonly next: string;
  /** What a program needs beside the sentence, shown as `detail`; nothing secret. */
  readonly about: object | null;

  constructor(code: CliErrorCode, what: string, next: string, about: object | null = null) {
    super(what);
    this.name = "CliError";
    this.code = code;
    this.next = next;
    this.about = about;
  }
}

/** A refusal that the agent sent over the socket: its stable code, its sentence and its next step. */
export class AgentRefusal extends HoldfastError<string> {
  readonly code: string;
  readonly next: string;
  readonly status: number;

  constructor(status: number, code: string, what: string, next: string) {
    super(what);
    this.name = "AgentRefusal";
    this.status = status;
    this.code = code;
    this.next = next;
  }
}
