const WORDS: Readonly<Record<string, string>> = { locate: "list keys", random: "random bytes", all: "everything" };

/** A grant in words: `encrypt, decrypt on group default`. */
export function grantText(grant: {
  readonly ops: readonly string[];
  readonly keys: { readonly kind: string; readonly id?: string };
}): string {
  return `${grant.ops.map((op) => WORDS[op] ?? op).join(", ")} on ${selectorText(grant.keys)}`;
}

function selectorText(keys: { readonly kind: string; readonly id?: string }): string {
  if (keys.kind === "all") return "every key";
  if (keys.kind === "own") return "keys it made itself";
  return `${keys.kind} ${keys.id ?? ""}`;
}
