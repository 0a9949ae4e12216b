import { HoldfastError } from "@holdfast/protocol";

/** Why a request was refused before it reached the one door. Part of the API: docs/operate/rest.md. */
export type RestErrorCode =
  | "E_SCHEMA"
  | "E_JSON"
  | "E_LIMIT"
  | "E_CONTENT_TYPE"
  | "E_HEADER"
  | "E_METHOD"
  | "E_ALIAS_FIXED"
  | "E_ROUTE"
  | "E_HOST"
  | "E_TIMEOUT"
  | "E_HTTP"
  | "E_BUSY"
  | "E_NO_DOMAIN"
  | "E_INTERNAL";

/** What happened, by code. */
export const REST_SENTENCES: Readonly<Record<RestErrorCode, string>> = {
  E_SCHEMA: "The request does not have the form it must have.",
  E_JSON: "The body is not JSON in UTF-8.",
  E_LIMIT: "The request is larger than is taken.",
  E_CONTENT_TYPE: "The body has a content type that is not taken here.",
  E_HEADER: "A header has the wrong form.",
  E_METHOD: "The path does not take this method.",
  E_ALIAS_FIXED: "An application changes no alias: everybody who names it would use another key from then on.",
  E_ROUTE: "There is nothing at this path.",
  E_HOST: "The request names another host.",
  E_TIMEOUT: "The request did not arrive in time.",
  E_HTTP: "The request is not well-formed HTTP.",
  E_BUSY: "Too much is being uploaded at once.",
  E_NO_DOMAIN: "The agent has no domain yet.",
  E_INTERNAL: "The request failed inside the agent.",
};

/** A refusal of the REST endpoint itself. Its message names places of the request and never what stood there. */
export class RestError extends HoldfastError<RestErrorCode> {
  readonly code: RestErrorCode;
  override readonly retry: "never" | "later";
  override readonly detail: Readonly<Record<string, string | number>>;

  constructor(code: RestErrorCode, message?: string, detail: Readonly<Record<string, string | number>> = {}) {
    super(message ?? REST_SENTENCES[code]);
    this.name = "RestError";
    this.code = code;
    this.retry = code === "E_BUSY" || code === "E_NO_DOMAIN" || code === "E_TIMEOUT" ? "later" : "never";
    this.detail = detail;
  }
}
