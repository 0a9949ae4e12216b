import type { Leaf } from "./leaf.ts";

/** Size and root (base64url) of a tree that was signed. */
export interface SignedHead {
  readonly size: number;
  readonly root: string;
}

/** The signed heads that a `loss` entry gives up by name: none where a backup was restored. */
export function lostHeadsOf({ data }: Pick<Leaf, "data">): SignedHead[] {
  const lost = data?.["lost"];
  if (!Array.isArray(lost)) return [];
  return lost.flatMap((each: unknown) => {
    const { size, root } = (each ?? {}) as Record<string, unknown>;
    return typeof size === "number" && typeof root === "string" ? [{ size, root }] : [];
  });
}
