import { HoldfastError } from "@holdfast/protocol";
import { TRPCError } from "@trpc/server";
import type { TRPC_ERROR_CODE_KEY } from "@trpc/server/rpc";
import { errorMeaning } from "./error-map.ts";

/** What a page learns of an error: never a cause, a message of the database, or a stack. */
export interface SentProblem {
  readonly code: string;
  readonly what: string;
  readonly keys: string;
  readonly next: string;
}

const NO_KEY = "No key was changed by this.";

/** Codes of our own for what tRPC itself refuses. */
const REFUSED_BY_TRPC: Partial<Record<TRPC_ERROR_CODE_KEY, string>> = {
  BAD_REQUEST: "BAD_INPUT",
  PARSE_ERROR: "BAD_INPUT",
  NOT_FOUND: "NOT_FOUND",
  METHOD_NOT_SUPPORTED: "METHOD",
  UNSUPPORTED_MEDIA_TYPE: "MEDIA_TYPE",
  PAYLOAD_TOO_LARGE: "TOO_LARGE",
};

/** The stable code of anything that went wrong in a procedure. */
export function problemCode(error: TRPCError): string {
  if (error.cause instanceof HoldfastError) return error.cause.code;
  return REFUSED_BY_TRPC[error.code] ?? "UNEXPECTED";
}

/** The problem that a page shows. */
export function problemFor(error: TRPCError): SentProblem {
  const code = problemCode(error);
  const { what, next } = errorMeaning(code);
  return { code, what, keys: NO_KEY, next };
}

/** A refusal of ours with the HTTP meaning of its code. */
export function toTrpcError(error: TRPCError): TRPCError {
  if (!(error.cause instanceof HoldfastError)) return error;
  return new TRPCError({ code: errorMeaning(error.cause.code).trpc, message: error.cause.code, cause: error.cause });
}
