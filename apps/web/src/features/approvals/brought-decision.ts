import { findBase64url, type HostedAnswer, hostedAnswer } from "@holdfast/protocol";

/** What a hosted page brought back. */
export type BroughtApproval = HostedAnswer["approval"];

const KEY = "holdfast.brought-decision";
/** As long as the control plane offers a decision to a key server. */
const KEPT_MS = 3_600_000;

/**
 * The decision that an address brings after its #, or that this tab brought to the same page before and could not hand on: its session
 * had ended. It is signed, and nothing secret; it is kept in this tab alone, for an hour.
 *
 * @param text - What stands after the #.
 * @param page - The path of the page that carries it.
 * @returns null where there is none
 */
export function takeBrought(
  text: string,
  page: string,
  storage: Storage = sessionStorage,
  now = Date.now(),
): BroughtApproval | null {
  if (text === "") return findKept(page, storage, now);
  const approval = read(text);
  if (approval !== null) storage.setItem(KEY, JSON.stringify({ page, text, at: now }));
  return approval;
}

/** Whether a decision waits in this tab for somebody to sign in and come back to a page. */
export function hasKept(page: string, storage: Storage = sessionStorage, now = Date.now()): boolean {
  return findKept(page, storage, now) !== null;
}

/** Forgets what was handed on, or what nobody takes. */
export function forgetBrought(storage: Storage = sessionStorage): void {
  storage.removeItem(KEY);
}

function findKept(page: string, storage: Storage, now: number): BroughtApproval | null {
  const kept = parse(storage.getItem(KEY));
  if (kept === null || kept.page !== page || now - kept.at > KEPT_MS || now < kept.at) return null;
  return read(kept.text);
}

function parse(json: string | null): { readonly page: string; readonly text: string; readonly at: number } | null {
  try {
    const { page, text, at } = JSON.parse(json ?? "null") ?? {};
    return typeof page === "string" && typeof text === "string" && typeof at === "number" ? { page, text, at } : null;
  } catch {
    return null;
  }
}

function read(text: string): BroughtApproval | null {
  try {
    return hostedAnswer.parse(findBase64url(text) ?? new Uint8Array()).approval;
  } catch {
    return null;
  }
}
