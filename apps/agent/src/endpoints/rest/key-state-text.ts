/** What a key's state keeps it from, and what a person can do about it. */
const TEXTS: Readonly<Record<string, { readonly detail: string; readonly next: string }>> = {
  "pre-active": { detail: "The key is not active yet.", next: "Use an active key." },
  suspended: {
    detail: "The key is suspended: it neither encrypts nor decrypts.",
    next: "Ask an administrator to resume it; what it has encrypted opens again then.",
  },
  deactivated: {
    detail: "The key is retired: it opens old data and encrypts nothing new.",
    next: "Encrypt with an active key; old data still opens.",
  },
  compromised: {
    detail: "The key is marked as exposed: it opens old data and encrypts nothing new.",
    next: "Encrypt with an active key; move old data to it with /v1/reencrypt.",
  },
  destroyed: { detail: "The key was destroyed: what it encrypted opens for nobody.", next: "Use an active key." },
  "destroyed-compromised": {
    detail: "The key was destroyed: what it encrypted opens for nobody.",
    next: "Use an active key.",
  },
};

/** The words of a refusal for a key's state; null for a state that has none. */
export function keyStateText(state: unknown): { readonly detail: string; readonly next: string } | null {
  return typeof state === "string" && Object.hasOwn(TEXTS, state) ? (TEXTS[state] ?? null) : null;
}
