import type { Problem } from "@/components/problem.tsx";
import { problemOf } from "../connection/problem-of.ts";

type PasskeyErrorCode = "PASSKEY_ADDRESS" | "PASSKEY_EXISTS" | "PASSKEY_UNSUPPORTED" | "PASSKEY_UNUSED";

const WORDS: Readonly<Record<string, readonly [what: string, next: string, code: PasskeyErrorCode]>> = {
  NotAllowedError: ["The passkey was not used.", "It was cancelled, or took too long. Try again.", "PASSKEY_UNUSED"],
  AbortError: ["The passkey was not used.", "Try again.", "PASSKEY_UNUSED"],
  InvalidStateError: [
    "This device has a passkey for your account already.",
    "Add one on another device, or use a security key.",
    "PASSKEY_EXISTS",
  ],
  NotSupportedError: [
    "This device cannot make such a passkey.",
    "Use your phone or a security key.",
    "PASSKEY_UNSUPPORTED",
  ],
  SecurityError: [
    "Your browser refuses passkeys at this address.",
    "Open the dashboard at the address it printed.",
    "PASSKEY_ADDRESS",
  ],
};

/** An error of a passkey ceremony in words; anything else as every error. */
export function passkeyProblem(error: unknown): Problem {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const name = inner instanceof Error ? inner.name : "";
  const words = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined;
  if (!words) return problemOf(error);
  return { what: words[0], keys: "No key was changed by this.", next: words[1], code: words[2] };
}
