import { TRPCClientError } from "@trpc/client";
import type { Problem } from "@/components/problem.tsx";

/** The stable code of any error that reaches a page. */
export function codeOf(error: unknown): string {
  if (error instanceof TRPCClientError) {
    const data: unknown = error.data;
    if (isRecord(data)) {
      if (isRecord(data.problem) && typeof data.problem.code === "string") return data.problem.code;
      if (typeof data.code === "string") return data.code;
    }
    return "E_NETWORK";
  }
  if (isRecord(error) && typeof error.code === "string") return error.code;
  if (error instanceof DOMException) return error.name;
  return "E_UNEXPECTED";
}

/** Whether what was asked for is not there: an id that nothing has, or that is no id at all. */
export function isNotThere(error: unknown): boolean {
  return ["NOT_FOUND", "BAD_INPUT"].includes(codeOf(error));
}

/** Any error as what happened, what it means for the keys, what to do, and the code. */
export function problemOf(error: unknown): Problem {
  const code = codeOf(error);
  if (code === "E_NETWORK") {
    return {
      what: "The dashboard does not answer.",
      keys: "Your key servers keep working without it; no key is affected.",
      next: "Check that it runs, then try again.",
      code,
    };
  }
  if (isStalePage(error)) {
    return {
      what: "The dashboard was updated while this page was open.",
      keys: "No key was changed by this.",
      next: "Reload the page.",
      code: "E_STALE_PAGE",
    };
  }
  const data: unknown = error instanceof TRPCClientError ? error.data : null;
  const sent = isRecord(data) && isRecord(data.problem) ? data.problem : null;
  return {
    what:
      text(sent?.what) ??
      text(sent?.title) ??
      (code !== "E_UNEXPECTED" && error instanceof Error && error.message ? error.message : "That did not work."),
    keys: text(sent?.keys) ?? "No key was changed by this.",
    next: text(sent?.next) ?? "Try again; if it stays so, pass the code on to whoever runs the dashboard.",
    code,
  };
}

/** Whether a part of the page's code is gone, because a newer one took its place. */
export function isStalePage(error: unknown): boolean {
  return error instanceof Error && error.name === "ChunkLoadError";
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
