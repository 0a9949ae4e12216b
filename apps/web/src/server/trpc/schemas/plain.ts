import { isPlainText } from "@holdfast/protocol";
import { z } from "zod";

/** Unix seconds. */
export const seconds = z.number().int().min(0);
/** A size or place in the log. */
export const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
/** A SHA-256 as base64url. */
export const hash = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
export const keyId = z.string().regex(/^k_[a-z2-7]{26}$/);
export const clientId = z.string().regex(/^c_[a-z2-7]{26}$/);
/** What entries and notes are about: an id or a hash. */
export const subject = z.string().regex(/^(?:[akc]_[a-z2-7]{26}|[a-z2-7]{26}|[A-Za-z0-9_-]{43})$/);
export const cursor = z.string().max(1024).optional();
export const nextCursor = z.string().nullable();
export const nothing = z.strictObject({});

/** A name that people give: one line, no control characters, nothing invisible. */
export function name(longest: number) {
  return z
    .string()
    .transform((text) => text.normalize("NFC").trim())
    .refine((text) => text.length >= 1 && text.length <= longest && isPlainText(text));
}

/** How many rows a page may ask for. */
export function pageSize(most: number, usual: number) {
  return z.number().int().min(1).max(most).default(usual);
}
