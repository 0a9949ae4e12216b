import { isPlainText } from "@holdfast/protocol";
import { z } from "zod";

export const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
export const hash = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
export const code = z.string().regex(/^[A-Z]_[A-Z0-9_]{1,40}$/);

/** One line of text that people read. */
export function line(longest: number) {
  return z.string().min(1).max(longest).refine(isPlainText);
}
