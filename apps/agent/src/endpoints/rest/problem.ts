import type { CryptoErrorCode, HsmErrorCode } from "@holdfast/crypto";
import { findErrorText, HoldfastError } from "@holdfast/protocol";
import { OPERATION_SENTENCES, type OperationErrorCode } from "../../operations/errors.ts";
import { REST_SENTENCES, RestError, type RestErrorCode } from "./errors.ts";
import { keyStateText } from "./key-state-text.ts";

/** Codes of the executor and the store that a client can meet. */
type InnerCode = "E_LOCKED" | "E_RECOVERING" | "E_PRESTATE" | "E_STORE" | "E_UNBACKED";
/** Of a token what its keys' users can meet. */
type HsmUseCode = Exclude<HsmErrorCode, "E_HSM_URI" | "E_HSM_MODULE">;
/** Of the cryptographic package only what depends on the request or the key's life; the rest is a fault of ours. */
type CipherCode = Extract<
  CryptoErrorCode,
  | "E_CRYPTO_LIMIT"
  | "E_CRYPTO_INPUT"
  | "E_CRYPTO_DESTROYED"
  | "E_CRYPTO_ALGORITHM"
  | "E_CRYPTO_USAGE"
  | "E_CRYPTO_KEY"
  | "E_CRYPTO_LEGACY"
  | "E_CRYPTO_IV"
  | "E_SELFTEST"
  | "E_DECRYPT"
  | HsmUseCode
>;
type ProblemCode = OperationErrorCode | RestErrorCode | InnerCode | CipherCode;

/** What a refusal is in HTTP, and what a person can do about it. */
interface Shape {
  readonly status: number;
  readonly next?: string;
}

const WAITS_FOR_TOKEN =
  "Try again: the key server unseals itself when its token is there again; nobody has to unseal it.";
const TOKEN_NEXT = "Tell who runs the key server: its token needs a person.";

const SHAPES: Readonly<Record<ProblemCode, Shape>> = {
  E_CLIENT: {
    status: 401,
    next: "Send the certificate and key that were issued for the client (client.crt, client.key).",
  },
  E_CLIENT_REVOKED: { status: 403, next: "Ask an administrator to enrol the application anew." },
  E_CLIENT_EXPIRED: { status: 403, next: "Ask an administrator to enrol the application anew." },
  E_CLIENT_UNPROVED: {
    status: 503,
    next: "Try again shortly; whoever runs the key server sees in `doctor` which list or responder is missing.",
  },
  E_PERMIT: {
    status: 403,
    next: "Check the secret, and that the request comes from a network that it was approved for; address translation counts.",
  },
  E_PERMIT_OVER: { status: 403, next: "Ask an administrator for a new enrolment secret." },
  E_GRANT: { status: 403, next: "Ask an administrator for a grant of this operation." },
  E_NOT_FOUND: { status: 404, next: "Check the key id or alias, and that a grant of the client covers the key." },
  E_AMBIGUOUS: { status: 409, next: "Name the group: ?group=NAME." },
  E_KEY_STATE: { status: 409, next: "Look at the key's state; use another key or have it resumed." },
  E_KEY_USAGE: { status: 403, next: "Use a key made for this." },
  E_KEY_ARCHIVED: { status: 409, next: "Recover the object first." },
  E_KEY_LIMIT: { status: 409, next: "Make a new key." },
  E_NAME_TAKEN: { status: 409, next: "Choose another name." },
  E_NOT_EXTRACTABLE: { status: 403, next: "Let the key server use the key instead." },
  E_WRAPPING_KEY: { status: 403, next: "Use a wrapping key that administrators made." },
  E_DECRYPT: { status: 422 },
  E_INPUT: { status: 400 },
  E_RATE: { status: 429, next: "Wait a moment and try again." },
  E_SEALED: { status: 503 },
  E_STATE_MAC: { status: 500 },
  E_STATE_ROLLBACK: { status: 500 },
  E_SCHEMA: { status: 400, next: "See /openapi.json." },
  E_JSON: { status: 400, next: "See /openapi.json." },
  E_LIMIT: { status: 413, next: "Split it; data of any size is encrypted under a data key." },
  E_CONTENT_TYPE: { status: 415, next: "Send application/json, or application/octet-stream to encrypt and decrypt." },
  E_HEADER: { status: 400, next: "See /openapi.json." },
  E_METHOD: { status: 405, next: "See /openapi.json." },
  E_ALIAS_FIXED: {
    status: 403,
    next: "Ask an administrator: `holdfast-agent key label KEY --alias alias/NAME` or --no-alias, or Rename… at the key in the dashboard.",
  },
  E_ROUTE: { status: 404, next: "See /openapi.json." },
  E_HOST: { status: 421, next: "Use a name of the agent's certificate; more are given to it with --san." },
  E_TIMEOUT: { status: 408, next: "Send the whole request without pause." },
  E_HTTP: { status: 400, next: "Send HTTP/1.1." },
  E_BUSY: { status: 503, next: "Wait a moment and try again." },
  E_NO_DOMAIN: { status: 503, next: "Found the domain first: `holdfast-agent claim`." },
  E_INTERNAL: { status: 500, next: "Look at the agent's log." },
  E_LOCKED: { status: 409 },
  E_RECOVERING: { status: 503 },
  E_PRESTATE: { status: 409, next: "Choose another alias." },
  E_STORE: { status: 503 },
  E_UNBACKED: { status: 503 },
  E_CRYPTO_LIMIT: { status: 409, next: "Ask an administrator to rotate the key." },
  E_CRYPTO_INPUT: { status: 400 },
  E_CRYPTO_DESTROYED: { status: 409, next: "Use an active key." },
  E_CRYPTO_ALGORITHM: { status: 400, next: "Use a key of an algorithm that does this." },
  E_CRYPTO_USAGE: { status: 403, next: "Use a key made for this." },
  E_CRYPTO_KEY: { status: 400, next: "Check the key's bytes, its algorithm and its form." },
  E_CRYPTO_LEGACY: { status: 403, next: "Ask an administrator to allow the old algorithm, or use a sound one." },
  E_HSM_GONE: { status: 503, next: "Wait a moment and try again; the key server finds its token by itself." },
  E_HSM_BUSY: { status: 503, next: "Wait a moment and try again." },
  E_HSM_FAULT: { status: 503, next: TOKEN_NEXT },
  E_HSM_PIN: { status: 503, next: TOKEN_NEXT },
  E_HSM_PIN_LOCKED: { status: 503, next: TOKEN_NEXT },
  E_HSM_TOKEN: { status: 503, next: TOKEN_NEXT },
  E_HSM_KEY: { status: 503, next: TOKEN_NEXT },
  E_HSM_MECHANISM: { status: 400, next: "Use another algorithm or mode; the key's token has not this one." },
  E_SELFTEST: { status: 503, next: "Ask who runs the key server to look at `holdfast-agent doctor`." },
  E_CRYPTO_IV: { status: 400, next: "Leave the initialisation vector out; a fresh one is made." },
};

/** Titles of the codes that other parts of the agent raise. */
const INNER_TITLES: Readonly<Record<InnerCode | Exclude<CipherCode, OperationErrorCode>, string>> = {
  E_LOCKED: "The domain is locked.",
  E_RECOVERING: "The agent is recovering and changes nothing.",
  E_PRESTATE: "The object is not as the request expects.",
  E_UNBACKED: "No backup took the new key in time.",
  E_STORE: "The store did not confirm the change: nothing was handed out for it.",
  E_CRYPTO_LIMIT: "The key version has reached its number of encryptions.",
  E_CRYPTO_INPUT: "A value has the wrong form or size.",
  E_CRYPTO_DESTROYED: "The key is no longer in memory.",
  E_CRYPTO_ALGORITHM: "The key's algorithm does not do this.",
  E_CRYPTO_USAGE: "The key does not permit this operation.",
  E_CRYPTO_KEY: "The key bytes are not acceptable for this algorithm.",
  E_CRYPTO_LEGACY: "The algorithm is for old data only, which administrators have not allowed.",
  E_HSM_GONE: "The token that holds the key is not there.",
  E_HSM_BUSY: "The token that holds the key does not answer in time.",
  E_HSM_FAULT: "The token that holds the key failed.",
  E_HSM_PIN: "The token that holds the key refused its PIN.",
  E_HSM_PIN_LOCKED: "The token that holds the key has locked its PIN.",
  E_HSM_TOKEN: "Another token is connected than the one that holds the key.",
  E_HSM_KEY: "The key is not in the token as it must be.",
  E_HSM_MECHANISM: "The token that holds the key does not do this.",
  E_SELFTEST: "The key server does not serve this algorithm: its self-test failed.",
  E_CRYPTO_IV: "The initialisation vector may not be chosen, or the key has used it before.",
};

const TITLES: Readonly<Record<ProblemCode, string>> = { ...REST_SENTENCES, ...OPERATION_SENTENCES, ...INNER_TITLES };

/** A refusal in HTTP. @see RFC 9457 */
export interface Problem {
  readonly status: number;
  readonly code: string;
  /** The document, JSON. */
  readonly text: string;
  /** Seconds after which the same request may succeed; null if it will not. */
  readonly retryAfter: number | null;
  /** True when the cause is a fault of the agent that its log shall name. */
  readonly fault: boolean;
}

const RETRY_SECONDS = 5;

/** The problem document of a refusal; of anything that is no refusal, nothing is told but that it failed. */
export function problemOf(cause: unknown): Problem {
  const known = cause instanceof HoldfastError && Object.hasOwn(SHAPES, cause.code);
  const { code, message, detail, retry } = known ? (cause as HoldfastError<ProblemCode>) : INTERNAL;
  const shape = SHAPES[code];
  const { status } = shape;
  const byState = code === "E_KEY_STATE" ? keyStateText(detail.state) : null;
  const waits = code === "E_SEALED" && detail.waitsFor === "token" ? WAITS_FOR_TOKEN : undefined;
  const next = waits ?? byState?.next ?? shape.next ?? findErrorText(code)?.next;
  const said = byState?.detail ?? (message === TITLES[code] ? undefined : message);
  const document = {
    type: `urn:holdfast:error:${code}`,
    title: TITLES[code],
    status,
    code,
    ...(said === undefined ? {} : { detail: said }),
    ...(next === undefined ? {} : { next }),
    ...(Object.keys(detail).length === 0 ? {} : { about: detail }),
  };
  const retryAfter = retry === "later" || status === 503 ? RETRY_SECONDS : null;
  return { status, code, text: JSON.stringify(document), retryAfter, fault: status === 500 };
}

const INTERNAL = new RestError("E_INTERNAL");
